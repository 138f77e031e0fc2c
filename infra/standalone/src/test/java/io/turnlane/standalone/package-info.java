/** Tests of the launcher: its script, its commands, and the whole that it starts. */
@NullMarked
package io.turnlane.standalone;

import org.jspecify.annotations.NullMarked;
