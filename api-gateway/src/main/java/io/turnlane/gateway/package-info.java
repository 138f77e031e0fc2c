/**
 * The API gateway: HTTP, SSE and WebSocket in front of the log. A gateway holds no state that another gateway needs.
 */
@NullMarked
package io.turnlane.gateway;

import org.jspecify.annotations.NullMarked;
