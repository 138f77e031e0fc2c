package io.turnlane.processor.turn;

import io.turnlane.model.TurnError;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves unreadable records to quarantine, so that they do not block their partition. Publishes a copy of the record to
 * the quarantine topic, then completes the record's offset.
 */
public final class RecordQuarantine {

    private static final Logger log = LoggerFactory.getLogger(RecordQuarantine.class);

    private final QuarantinePublisher quarantine;
    private final StepRetrier retrier;

    RecordQuarantine(QuarantinePublisher quarantine, StepRetrier retrier) {
        this.quarantine = quarantine;
        this.retrier = retrier;
    }

    /**
     * Moves a record to quarantine. Returns when Kafka has acknowledged the copy, or when the partition has left.
     *
     * @param attempts number of failed attempts to process the record
     */
    public void quarantine(Claim claim, TurnError error, int attempts) {
        try {
            retrier.publish(claim, () -> quarantine.publish(claim.toQuarantinedTurn(error, attempts)));
            log.atWarn().addKeyValue("why", error.message()).log("unreadable record moved to quarantine");
            claim.complete();
        } catch (ClaimLostException e) {
            claim.release();
        }
    }
}
