/** A pass over one partition of the log, which collects the sessions to restore. */
@NullMarked
package io.turnlane.processor.rebuild.recall;

import org.jspecify.annotations.NullMarked;
