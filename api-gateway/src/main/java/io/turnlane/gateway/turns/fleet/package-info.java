/** Live gateways, and live processors with their statistics and agents. */
@NullMarked
package io.turnlane.gateway.turns.fleet;

import org.jspecify.annotations.NullMarked;
