/** Batches: calls that ask several questions at once, and the results of these questions. */
@NullMarked
package io.turnlane.gateway.turns.batch;

import org.jspecify.annotations.NullMarked;
