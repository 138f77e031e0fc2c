/** Questions and answers of the retrieval agent, their rules, and the reader of their YAML files. */
@NullMarked
package io.turnlane.processor.agent.retrieval.dataset;

import org.jspecify.annotations.NullMarked;
