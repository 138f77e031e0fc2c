/** Vectors of the data set, computed by the build, packed in the jar and searched completely. */
@NullMarked
package io.turnlane.processor.agent.retrieval.index;

import org.jspecify.annotations.NullMarked;
