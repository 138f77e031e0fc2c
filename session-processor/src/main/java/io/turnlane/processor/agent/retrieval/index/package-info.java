/** The data set's vectors: made at build time, packed in the jar, searched by brute force. */
@NullMarked
package io.turnlane.processor.agent.retrieval.index;

import org.jspecify.annotations.NullMarked;
