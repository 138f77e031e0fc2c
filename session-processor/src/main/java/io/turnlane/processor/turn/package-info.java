/** One turn from its lane to its end: memory, agent, memory, events. Knows no Kafka, no Redis and no Spring. */
@NullMarked
package io.turnlane.processor.turn;

import org.jspecify.annotations.NullMarked;
