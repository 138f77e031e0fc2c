package io.turnlane.gateway.admission;

import io.turnlane.gateway.ask.Acceptance;
import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.limits.UserTurns;
import io.turnlane.gateway.problem.ProblemDetailException;

/**
 * Accepts what the limits allow. Whatever is refused here has left no trace; what was accepted before is not touched,
 * and a retry under its Idempotency-Key finds it though its user has as many turns open as may be.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BoundedAcceptance implements Acceptance {

    private final Acceptance acceptance;
    private final OverloadGuard overload;
    private final UserTurns turns;

    public BoundedAcceptance(Acceptance acceptance, OverloadGuard overload, UserTurns turns) {
        this.acceptance = acceptance;
        this.overload = overload;
        this.turns = turns;
    }

    @Override
    public AcceptOutcome accept(PreparedTurn turn, String defaultAgent) {
        long admitted = overload.admit();
        boolean work = true; // without memory too: then the question goes on
        try {
            // What an operator asks again is not its user's doing.
            AcceptOutcome outcome =
                    turn.redriveOf() != null ? acceptance.accept(turn, defaultAgent) : ofUser(turn, defaultAgent);
            work = isNew(outcome, turn);
            return outcome;
        } catch (ProblemDetailException refusal) {
            work = false;
            throw refusal;
        } finally {
            if (!work) {
                overload.undoAdmit(admitted);
            }
        }
    }

    private AcceptOutcome ofUser(PreparedTurn turn, String defaultAgent) {
        boolean placed = turns.reserve(turn.userId(), turn.session(), turn.requestId());
        // A retry needs no place: the call that claimed its key has taken one.
        if (!placed && !acceptance.hasClaim(turn)) {
            throw turns.limitReached();
        }
        boolean kept = false;
        try {
            AcceptOutcome outcome = acceptance.accept(turn, defaultAgent);
            kept = isNew(outcome, turn);
            return outcome;
        } finally {
            if (placed && !kept) {
                turns.release(turn.userId(), turn.session(), turn.requestId());
            }
        }
    }

    private static boolean isNew(AcceptOutcome outcome, PreparedTurn turn) {
        return outcome instanceof Accepted accepted
                && accepted.turn().requestId().equals(turn.requestId());
    }

    @Override
    public boolean hasClaim(PreparedTurn turn) {
        return acceptance.hasClaim(turn);
    }

    @Override
    public void markPublished(Accepted accepted) {
        acceptance.markPublished(accepted);
    }

    @Override
    public UndoResult undo(Accepted accepted, boolean unsure) {
        UndoResult standing = acceptance.undo(accepted, unsure);
        if (standing == UndoResult.NOT_PUBLISHED) {
            PreparedTurn turn = accepted.turn();
            turns.release(turn.userId(), turn.session(), turn.requestId());
        }
        return standing;
    }
}
