/** The agent type {@code chat}: a model service with the OpenAI Chat Completions API as an agent. */
@NullMarked
package io.turnlane.processor.agent.chat;

import org.jspecify.annotations.NullMarked;
