package io.turnlane.gateway.guard.admission;

import io.turnlane.gateway.guard.limits.UserTurns;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.limit.RedisUserTurns.Reservation;

/**
 * Accepts a question unless the processors are overloaded or the user who asks it has too many open turns. A rejected
 * question leaves no data in Redis. If a client retries a question with the same Idempotency-Key, it gets the existing
 * turn even if its user has the maximum number of open turns.
 *
 * <p>Safe for use by any number of threads.
 */
public record BoundedAcceptance(Acceptance acceptance, OverloadGuard overload, UserTurns turns) implements Acceptance {

    @Override
    public AcceptOutcome accept(PreparedTurn turn, String defaultAgent) {
        long admitted = overload.admit();
        // Stays true if accept throws a DataAccessException: TolerantAcceptance then accepts the question without
        // Redis.
        boolean admittedWork = true;
        try {
            // A redrive by an operator does not count towards the limits of the user.
            AcceptOutcome outcome = turn.redriveOf() != null
                    ? acceptance.accept(turn, defaultAgent)
                    : acceptForUser(turn, defaultAgent);
            admittedWork = isNew(outcome, turn);
            return outcome;
        } catch (ProblemDetailException rejection) {
            admittedWork = false;
            throw rejection;
        } finally {
            if (!admittedWork) {
                overload.undoAdmit(admitted);
            }
        }
    }

    private AcceptOutcome acceptForUser(PreparedTurn turn, String defaultAgent) {
        Reservation reservation = turns.reserve(
                turn.userId(),
                turn.session(),
                turn.requestId(),
                turn.options().policy().extraOpenTurns());
        // A retry needs no reservation: the call that first used the Idempotency-Key has reserved the turn.
        boolean reserved = reservation == Reservation.RESERVED;
        if (!reserved && !acceptance.hasClaim(turn)) {
            throw turns.limitReached(reservation);
        }
        boolean keep = false;
        try {
            AcceptOutcome outcome = acceptance.accept(turn, defaultAgent);
            keep = isNew(outcome, turn);
            return outcome;
        } finally {
            if (reserved && !keep) {
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
