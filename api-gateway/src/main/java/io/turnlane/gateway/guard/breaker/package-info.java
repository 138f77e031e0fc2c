/** Circuit breaker that makes calls fail at once while a backend does not answer. */
@NullMarked
package io.turnlane.gateway.guard.breaker;

import org.jspecify.annotations.NullMarked;
