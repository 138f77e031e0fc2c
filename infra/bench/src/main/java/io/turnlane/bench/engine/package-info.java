/** Consumers that work on the records of one topic, in the order of each key. */
@NullMarked
package io.turnlane.bench.engine;

import org.jspecify.annotations.NullMarked;
