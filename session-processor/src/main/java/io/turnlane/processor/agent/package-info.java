/** What answers turns, and what it may use: nothing of Kafka, Redis, Spring or the engine. */
@NullMarked
package io.turnlane.processor.agent;

import org.jspecify.annotations.NullMarked;
