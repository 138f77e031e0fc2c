/** A real Kafka broker and a real Redis as supervised child processes. */
@NullMarked
package io.turnlane.backends;

import org.jspecify.annotations.NullMarked;
