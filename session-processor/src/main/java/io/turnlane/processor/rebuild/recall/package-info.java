/** One pass over a partition of the log, and what it tells of each session. */
@NullMarked
package io.turnlane.processor.rebuild.recall;

import org.jspecify.annotations.NullMarked;
