/**
 * Replays of recorded turns. A replay uses the code that runs turns, but has a separate memory and publishes nothing.
 */
@NullMarked
package io.turnlane.processor.replay;

import org.jspecify.annotations.NullMarked;
