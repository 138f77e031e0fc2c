/** Limits of the requests, open turns and connections of one user. */
@NullMarked
package io.turnlane.gateway.limits;

import org.jspecify.annotations.NullMarked;
