/** Definitions of agents: what an operator configures under an agent's name, as JSON on the agents topic. */
@NullMarked
package io.turnlane.model.agent;

import org.jspecify.annotations.NullMarked;
