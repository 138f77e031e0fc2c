/** API keys: creation, storage of their hashes in a Kafka topic, and lookup at each gateway. */
@NullMarked
package io.turnlane.gateway.guard.keys;

import org.jspecify.annotations.NullMarked;
