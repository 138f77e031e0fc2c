/** Agents that operators configure at run time. */
@NullMarked
package io.turnlane.processor.agent.configured;

import org.jspecify.annotations.NullMarked;
