/** Endpoints for operators to configure agents. */
@NullMarked
package io.turnlane.gateway.operations.agents;

import org.jspecify.annotations.NullMarked;
