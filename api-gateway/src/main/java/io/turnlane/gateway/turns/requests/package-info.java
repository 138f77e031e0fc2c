/** Request records, the request resource, and waiting for the end of a request. */
@NullMarked
package io.turnlane.gateway.turns.requests;

import org.jspecify.annotations.NullMarked;
