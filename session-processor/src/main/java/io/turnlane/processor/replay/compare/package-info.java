/** Comparison of the recorded end of a turn with the end of a replay. */
@NullMarked
package io.turnlane.processor.replay.compare;

import org.jspecify.annotations.NullMarked;
