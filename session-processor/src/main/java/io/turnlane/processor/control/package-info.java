/** What clients want to be told to the owner of a turn at once. */
@NullMarked
package io.turnlane.processor.control;

import org.jspecify.annotations.NullMarked;
