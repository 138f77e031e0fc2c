/** Wake-ups from the control topic, which notify the owner of a turn of a cancel at once. */
@NullMarked
package io.turnlane.processor.control;

import org.jspecify.annotations.NullMarked;
