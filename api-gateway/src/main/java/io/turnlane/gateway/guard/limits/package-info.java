/** Limits of the requests, open turns and connections of one user. */
@NullMarked
package io.turnlane.gateway.guard.limits;

import org.jspecify.annotations.NullMarked;
