/** Timelines of requests: each step of a turn, from its record and from the log, and the reason for which it waits. */
@NullMarked
package io.turnlane.gateway.turns.explain;

import org.jspecify.annotations.NullMarked;
