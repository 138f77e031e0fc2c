/** The questions and answers that the retrieval agent knows, as they stand in its YAML files, and their rules. */
@NullMarked
package io.turnlane.processor.agent.retrieval.dataset;

import org.jspecify.annotations.NullMarked;
