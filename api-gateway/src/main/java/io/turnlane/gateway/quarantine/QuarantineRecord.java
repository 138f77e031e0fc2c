package io.turnlane.gateway.quarantine;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.SessionCommand.Ask;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record of the quarantine topic.
 *
 * @param turn what was put aside; a long value is cut
 * @param valueBytes how long the value is in full
 * @param ask the question; null where the record can't be read as one
 * @param quarantinedAt when it was put aside
 */
record QuarantineRecord(
        QuarantinedTurn turn, int valueBytes, @Nullable Ask ask, Instant quarantinedAt) {}
