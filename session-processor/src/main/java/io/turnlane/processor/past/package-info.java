/** Reconstruction of a session from the log, for rebuilds of lost memory and for replays of recorded turns. */
@NullMarked
package io.turnlane.processor.past;

import org.jspecify.annotations.NullMarked;
