/** Problem details (RFC 9457) of failed calls, and exceptions that the gateway maps to them. */
@NullMarked
package io.turnlane.gateway.problem;

import org.jspecify.annotations.NullMarked;
