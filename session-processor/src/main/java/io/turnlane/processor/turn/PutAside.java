package io.turnlane.processor.turn;

import io.turnlane.model.TurnError;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.processor.turn.Patience.ClaimLostException;
import io.turnlane.processor.turn.Turn.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a record aside that can't be read, so that its partition moves on: a copy in quarantine first, then its offset.
 */
public final class PutAside {

    private static final Logger log = LoggerFactory.getLogger(PutAside.class);

    private final QuarantinePublisher quarantine;
    private final Patience patience;

    public PutAside(QuarantinePublisher quarantine, Patience.Pause pause) {
        this.quarantine = quarantine;
        this.patience = new Patience(pause);
    }

    /** Returns when the copy is acknowledged, or the partition has left. */
    public void put(Claim claim, TurnError error, int attempts) {
        try {
            patience.publish(claim, () -> quarantine.publish(claim.quarantined(error, attempts)));
            log.atWarn().addKeyValue("why", error.message()).log("record put aside");
            claim.complete();
        } catch (ClaimLostException e) {
            claim.letGo();
        }
    }
}
