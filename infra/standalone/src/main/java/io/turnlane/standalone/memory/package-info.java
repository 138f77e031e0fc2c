/** Access to Kafka and Redis for the commands that let processors rebuild memory. */
@NullMarked
package io.turnlane.standalone.memory;

import org.jspecify.annotations.NullMarked;
