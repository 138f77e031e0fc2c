/** WebSocket endpoint, by which a client asks questions and follows many sessions on one connection. */
@NullMarked
package io.turnlane.gateway.socket;

import org.jspecify.annotations.NullMarked;
