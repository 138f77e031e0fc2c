/** Origins of the web pages that may call the gateway, by fetch and by WebSocket, and CORS for them. */
@NullMarked
package io.turnlane.gateway.origin;

import org.jspecify.annotations.NullMarked;
