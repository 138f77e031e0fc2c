package io.turnlane.gateway.operations.quarantine;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.SessionCommand.Ask;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Record of the quarantine topic.
 *
 * @param turn quarantined turn; a long value is truncated
 * @param valueBytes full length of the value in bytes
 * @param ask question; null if the record is not a valid question
 * @param quarantinedAt time at which the record was written
 */
record QuarantineRecord(
        QuarantinedTurn turn, int valueBytes, @Nullable Ask ask, Instant quarantinedAt) {}
