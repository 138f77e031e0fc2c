/** Gateways and processors that are alive, and the agents that processors offer. */
@NullMarked
package io.turnlane.store.fleet;

import org.jspecify.annotations.NullMarked;
