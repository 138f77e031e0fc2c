/** Problem details (RFC 9457) of failed calls. */
@NullMarked
package io.turnlane.gateway.problem;

import org.jspecify.annotations.NullMarked;
