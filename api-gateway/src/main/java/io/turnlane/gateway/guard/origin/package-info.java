/**
 * List of the origins whose web pages may call the gateway, and its enforcement for fetch (by CORS) and for WebSockets.
 */
@NullMarked
package io.turnlane.gateway.guard.origin;

import org.jspecify.annotations.NullMarked;
