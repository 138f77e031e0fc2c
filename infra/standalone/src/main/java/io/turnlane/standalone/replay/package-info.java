/** Replay of a range of recorded turns: its options, its folder with the results, its gates and its report. */
@NullMarked
package io.turnlane.standalone.replay;

import org.jspecify.annotations.NullMarked;
