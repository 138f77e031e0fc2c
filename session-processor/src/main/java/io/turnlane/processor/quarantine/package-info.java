/** Publication of failed turns and unreadable records on the quarantine topic. */
@NullMarked
package io.turnlane.processor.quarantine;

import org.jspecify.annotations.NullMarked;
