/** Passes over a partition of the log, which collect the sessions to restore. */
@NullMarked
package io.turnlane.processor.rebuild.recall;

import org.jspecify.annotations.NullMarked;
