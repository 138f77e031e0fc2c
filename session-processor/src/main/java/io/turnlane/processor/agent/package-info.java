/** Agents, which answer turns, and the types that they may use. Independent of Kafka, Redis, Spring and the engine. */
@NullMarked
package io.turnlane.processor.agent;

import org.jspecify.annotations.NullMarked;
