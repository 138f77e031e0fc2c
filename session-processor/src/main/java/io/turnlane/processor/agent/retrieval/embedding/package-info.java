/** Maps questions to vectors, with the model in the jar and the one thread that uses it. */
@NullMarked
package io.turnlane.processor.agent.retrieval.embedding;

import org.jspecify.annotations.NullMarked;
