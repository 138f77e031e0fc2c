/** Commands of {@code ./turnlane}. */
@NullMarked
package io.turnlane.standalone;

import org.jspecify.annotations.NullMarked;
