/**
 * Agents in any language, which answer over HTTP with one of three protocols: AG-UI, OpenAI Responses and OpenAI Chat
 * Completions.
 */
@NullMarked
package io.turnlane.processor.agent.remote;

import org.jspecify.annotations.NullMarked;
