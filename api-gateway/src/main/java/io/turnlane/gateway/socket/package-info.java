/** The WebSocket: ask and follow many sessions on one connection. */
@NullMarked
package io.turnlane.gateway.socket;

import org.jspecify.annotations.NullMarked;
