/** Access to Kafka and Redis for the command that makes processors rebuild memory. */
@NullMarked
package io.turnlane.standalone.memory;

import org.jspecify.annotations.NullMarked;
