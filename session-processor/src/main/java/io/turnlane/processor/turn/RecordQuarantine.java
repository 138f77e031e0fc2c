package io.turnlane.processor.turn;

import io.turnlane.model.TurnError;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a record aside that can't be read, so that its partition moves on: a copy in quarantine first, then its offset.
 */
public final class RecordQuarantine {

    private static final Logger log = LoggerFactory.getLogger(RecordQuarantine.class);

    private final QuarantinePublisher quarantine;
    private final StepRetrier patience;

    public RecordQuarantine(QuarantinePublisher quarantine, StepRetrier.Pause pause) {
        this.quarantine = quarantine;
        this.patience = new StepRetrier(pause);
    }

    /** Returns when the copy is acknowledged, or the partition has left. */
    public void quarantine(Claim claim, TurnError error, int attempts) {
        try {
            patience.publish(claim, () -> quarantine.publish(claim.toQuarantinedTurn(error, attempts)));
            log.atWarn().addKeyValue("why", error.message()).log("record put aside");
            claim.complete();
        } catch (ClaimLostException e) {
            claim.release();
        }
    }
}
