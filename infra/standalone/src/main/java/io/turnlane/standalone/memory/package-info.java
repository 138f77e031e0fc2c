/** Having memory rebuilt, from outside: what the command tells processors, and where it sees what they did. */
@NullMarked
package io.turnlane.standalone.memory;

import org.jspecify.annotations.NullMarked;
