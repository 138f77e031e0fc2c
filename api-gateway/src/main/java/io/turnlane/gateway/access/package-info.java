/** Who is let in: credentials, tickets for WebSockets, and the end of connections whose credentials end. */
@NullMarked
package io.turnlane.gateway.access;

import org.jspecify.annotations.NullMarked;
