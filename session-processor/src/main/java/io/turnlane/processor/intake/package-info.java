/** From the turns topic into the lanes: the poll thread, the ledger of each partition, its fence, and the bounds. */
@NullMarked
package io.turnlane.processor.intake;

import org.jspecify.annotations.NullMarked;
