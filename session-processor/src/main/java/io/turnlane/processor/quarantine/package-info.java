/** Where turns go that failed for good, and records that can't be read. */
@NullMarked
package io.turnlane.processor.quarantine;

import org.jspecify.annotations.NullMarked;
