/** Spans of turns. Without configuration they cost nothing; otherwise OpenTelemetry records and exports them. */
@NullMarked
package io.turnlane.trace;

import org.jspecify.annotations.NullMarked;
