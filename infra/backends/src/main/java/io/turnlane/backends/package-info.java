/** Kafka broker and Redis as supervised child processes, and the data folder that they share. */
@NullMarked
package io.turnlane.backends;

import org.jspecify.annotations.NullMarked;
