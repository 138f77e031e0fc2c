/** Execution of turns, from the head of the lane to the terminal event. Independent of Kafka, Redis and Spring. */
@NullMarked
package io.turnlane.processor.turn;

import org.jspecify.annotations.NullMarked;
