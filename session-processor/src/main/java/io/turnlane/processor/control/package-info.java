/** Reading of the control topic, whose records notify processors of cancelled turns. */
@NullMarked
package io.turnlane.processor.control;

import org.jspecify.annotations.NullMarked;
