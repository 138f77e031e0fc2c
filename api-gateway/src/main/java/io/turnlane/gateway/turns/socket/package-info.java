/** WebSocket endpoint, by which a client asks questions and follows many sessions on one connection. */
@NullMarked
package io.turnlane.gateway.turns.socket;

import org.jspecify.annotations.NullMarked;
