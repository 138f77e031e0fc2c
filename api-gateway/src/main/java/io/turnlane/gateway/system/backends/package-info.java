/** Beans that access Kafka and Redis, and the settings of the topics. */
@NullMarked
package io.turnlane.gateway.system.backends;

import org.jspecify.annotations.NullMarked;
