/** Packages that carry a turn: they accept questions and commands, follow turn events and deliver them to clients. */
@NullMarked
package io.turnlane.gateway.turns;

import org.jspecify.annotations.NullMarked;
