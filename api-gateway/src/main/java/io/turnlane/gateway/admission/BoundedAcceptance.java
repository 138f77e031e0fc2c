package io.turnlane.gateway.admission;

import io.turnlane.gateway.ask.Acceptance;
import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.limits.UserTurns;
import io.turnlane.gateway.problem.Refusal;

/**
 * Accepts what the limits allow. Whatever is refused here has left no trace; what was accepted before is not touched,
 * and a retry under its Idempotency-Key finds it though its user has as many turns open as may be.
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
        long admitted = overload.admit();
        boolean work = true; // without memory too: then the question goes on
        try {
            // What an operator asks again is not its user's doing.
            Outcome outcome =
                    turn.redriveOf() != null ? acceptance.accept(turn, defaultAgent) : ofUser(turn, defaultAgent);
            work = isNew(outcome, turn);
            return outcome;
        } catch (Refusal refusal) {
            work = false;
            throw refusal;
        } finally {
            if (!work) {
                overload.takeBack(admitted);
            }
        }
    }

    private Outcome ofUser(PreparedTurn turn, String defaultAgent) {
        boolean placed = turns.take(turn.userId(), turn.session(), turn.requestId());
        // A retry needs no place: the call that claimed its key has taken one.
        if (!placed && !acceptance.knows(turn)) {
            throw turns.full();
        }
        boolean kept = false;
        try {
            Outcome outcome = acceptance.accept(turn, defaultAgent);
            kept = isNew(outcome, turn);
            return outcome;
        } finally {
            if (placed && !kept) {
                turns.giveBack(turn.userId(), turn.session(), turn.requestId());
            }
        }
    }

    private static boolean isNew(Outcome outcome, PreparedTurn turn) {
        return outcome instanceof Accepted accepted
                && accepted.turn().requestId().equals(turn.requestId());
    }

    @Override
    public boolean knows(PreparedTurn turn) {
        return acceptance.knows(turn);
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
