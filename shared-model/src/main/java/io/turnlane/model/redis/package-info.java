/** Checks of the settings of Redis, and the clock that all gateways and processors share through Redis. */
@NullMarked
package io.turnlane.model.redis;

import org.jspecify.annotations.NullMarked;
