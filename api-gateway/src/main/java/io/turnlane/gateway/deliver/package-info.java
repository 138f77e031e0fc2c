/**
 * Carries turn events from the log to the clients that want them: one follower, pooled catch-up readers, a bounded
 * outbox a client.
 */
@NullMarked
package io.turnlane.gateway.deliver;

import org.jspecify.annotations.NullMarked;
