/** Messages, failures and logs of commands on a terminal. */
@NullMarked
package io.turnlane.standalone.terminal;

import org.jspecify.annotations.NullMarked;
