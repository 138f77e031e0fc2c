/** Tests of the launcher script and of the commands. */
@NullMarked
package io.turnlane.standalone;

import org.jspecify.annotations.NullMarked;
