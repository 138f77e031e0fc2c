/** Keeps callers from waiting for a backend that doesn't answer. */
@NullMarked
package io.turnlane.gateway.breaker;

import org.jspecify.annotations.NullMarked;
