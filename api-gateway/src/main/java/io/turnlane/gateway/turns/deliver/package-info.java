/**
 * Delivery of turn events from the log to clients: one follower, a pool of catch-up readers, and a bounded outbox for
 * each client.
 */
@NullMarked
package io.turnlane.gateway.turns.deliver;

import org.jspecify.annotations.NullMarked;
