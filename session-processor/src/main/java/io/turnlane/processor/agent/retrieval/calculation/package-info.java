/** Questions with numbers, which the retrieval agent answers with tools instead of its data set. */
@NullMarked
package io.turnlane.processor.agent.retrieval.calculation;

import org.jspecify.annotations.NullMarked;
