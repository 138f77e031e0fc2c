/** Replays of recorded turns by the code that runs turns, with a separate memory, so that nothing else changes. */
@NullMarked
package io.turnlane.processor.replay;

import org.jspecify.annotations.NullMarked;
