/** Delivery of turn events as server-sent events. */
@NullMarked
package io.turnlane.gateway.turns.stream;

import org.jspecify.annotations.NullMarked;
