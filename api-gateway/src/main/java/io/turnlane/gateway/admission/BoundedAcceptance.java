package io.turnlane.gateway.admission;

import io.turnlane.gateway.ask.Acceptance;
import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.limits.UserTurns;

/**
 * Accepts what the limits allow. Whatever is refused here has left no trace; what was accepted before is not touched.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BoundedAcceptance implements Acceptance {

    private final Acceptance acceptance;
    private final Overload overload;
    private final UserTurns turns;

    public BoundedAcceptance(Acceptance acceptance, Overload overload, UserTurns turns) {
        this.acceptance = acceptance;
        this.overload = overload;
        this.turns = turns;
    }

    @Override
    public Outcome accept(PreparedTurn turn, String defaultAgent) {
        overload.admit();
        // What an operator asks again is not its user's doing.
        if (turn.redriveOf() != null) {
            return acceptance.accept(turn, defaultAgent);
        }
        turns.take(turn.userId(), turn.session(), turn.requestId());
        boolean kept = false;
        try {
            Outcome outcome = acceptance.accept(turn, defaultAgent);
            kept = outcome instanceof Accepted(PreparedTurn accepted, var _, var _, var _, var _, var _)
                    && accepted.requestId().equals(turn.requestId());
            return outcome;
        } finally {
            if (!kept) {
                turns.giveBack(turn.userId(), turn.session(), turn.requestId());
            }
        }
    }

    @Override
    public void published(Accepted accepted) {
        acceptance.published(accepted);
    }

    @Override
    public Standing undo(Accepted accepted, boolean unsure) {
        Standing standing = acceptance.undo(accepted, unsure);
        if (standing == Standing.NOWHERE) {
            PreparedTurn turn = accepted.turn();
            turns.giveBack(turn.userId(), turn.session(), turn.requestId());
        }
        return standing;
    }
}
