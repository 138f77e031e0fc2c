/** Fixtures that provide tests with Kafka and Redis. */
@NullMarked
package io.turnlane.backends;

import org.jspecify.annotations.NullMarked;
