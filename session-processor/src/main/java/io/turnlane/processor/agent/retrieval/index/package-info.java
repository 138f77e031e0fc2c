/**
 * The vectors and the words of the data set, and the search for the entries nearest to a question. The build computes
 * the vectors and packs them into the jar.
 */
@NullMarked
package io.turnlane.processor.agent.retrieval.index;

import org.jspecify.annotations.NullMarked;
