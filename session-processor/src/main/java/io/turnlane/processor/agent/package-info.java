/**
 * Agents, which answer turns, and the types that agents may use. This package does not depend on Kafka, Redis, Spring
 * or the rest of the processor.
 */
@NullMarked
package io.turnlane.processor.agent;

import org.jspecify.annotations.NullMarked;
