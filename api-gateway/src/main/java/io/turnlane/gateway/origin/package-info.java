/** Which pages, besides the gateway's own, may call it from a browser: by fetch and by WebSocket alike. */
@NullMarked
package io.turnlane.gateway.origin;

import org.jspecify.annotations.NullMarked;
