/** Circuit breaker: callers do not wait for a backend that does not answer. */
@NullMarked
package io.turnlane.gateway.breaker;

import org.jspecify.annotations.NullMarked;
