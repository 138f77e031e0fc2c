/** Batches: lists of questions that one call asked. */
@NullMarked
package io.turnlane.store.batch;

import org.jspecify.annotations.NullMarked;
