/** HTTP, SSE and WebSocket in front of the log. Holds no state that another gateway would miss. */
@NullMarked
package io.turnlane.gateway;

import org.jspecify.annotations.NullMarked;
