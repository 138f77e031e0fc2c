/** Reconstruction of sessions from the log. Rebuilds of lost memory and replays of recorded turns use it. */
@NullMarked
package io.turnlane.processor.past;

import org.jspecify.annotations.NullMarked;
