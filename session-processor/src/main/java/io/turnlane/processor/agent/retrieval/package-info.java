/**
 * The default agent, which answers questions on decentralised finance from a data set in the jar, without a network.
 */
@NullMarked
package io.turnlane.processor.agent.retrieval;

import org.jspecify.annotations.NullMarked;
