/**
 * Reading of records from Kafka and their delivery to lanes: the poll thread, the ledger and fence of each partition,
 * and the budget.
 */
@NullMarked
package io.turnlane.processor.intake;

import org.jspecify.annotations.NullMarked;
