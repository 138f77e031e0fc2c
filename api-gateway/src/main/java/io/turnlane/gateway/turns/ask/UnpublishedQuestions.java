package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.AskJournal.AskOutcome;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.Acceptance.AlreadyPublished;
import io.turnlane.store.accept.Acceptance.Full;
import io.turnlane.store.accept.Acceptance.UndoResult;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RequestRecords;

/**
 * Results of questions that a call does not publish: another call has published the question, it is rejected, or its
 * publication failed. Counts their outcomes.
 */
record UnpublishedQuestions(TolerantAcceptance acceptance, RequestRecords records, AskJournal journal) {

    ProblemDetailException conflict() {
        journal.count(AskOutcome.IDEMPOTENCY_CONFLICT);
        return new ProblemDetailException(
                ErrorCode.IDEMPOTENCY_CONFLICT,
                "This Idempotency-Key was already used for a different question. Use a new key.");
    }

    ProblemDetailException forkInProgress() {
        journal.count(AskOutcome.SESSION_BUSY);
        return new ProblemDetailException(
                ErrorCode.SESSION_BUSY, "A fork is still creating this session. Retry when it is done.");
    }

    ProblemDetailException full(Full full) {
        journal.count(AskOutcome.SESSION_QUEUE_FULL);
        return new ProblemDetailException(
                ErrorCode.SESSION_QUEUE_FULL,
                "This session already has " + full.open() + " open turns, which is the maximum. "
                        + "Retry when one of them has ended.");
    }

    ProblemDetailException budgetSpent() {
        journal.count(AskOutcome.BUDGET_EXHAUSTED);
        return new ProblemDetailException(
                ErrorCode.BUDGET_EXHAUSTED,
                "This session has used its budget, which is not renewed. Start a new session.");
    }

    /** Returns the request that an earlier call published, in its current state. */
    Submission currentState(AlreadyPublished known, boolean replayed) {
        RequestResource request = records.find(known.session(), known.requestId())
                .map(RequestResource::of)
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.NOT_FOUND,
                        "The request of this Idempotency-Key no longer exists. Use a new key to ask again.",
                        known.requestId(),
                        null));
        journal.count(replayed ? AskOutcome.REPLAYED : AskOutcome.ACCEPTED);
        return new Submission(request, replayed);
    }

    /**
     * Undoes the acceptance of a turn whose publication failed. Returns the request if another call has published it;
     * otherwise throws the problem for the client.
     */
    Submission undo(Accepted accepted, NotPublishedException e) {
        PreparedTurn turn = accepted.turn();
        UndoResult undone = acceptance.undo(accepted, !e.isRejected());
        if (undone == UndoResult.PUBLISHED) {
            return currentState(new AlreadyPublished(turn.session(), turn.requestId()), accepted.replayed());
        }
        journal.count(AskOutcome.UNAVAILABLE);
        RequestId requestId = undone == UndoResult.NOT_PUBLISHED ? null : turn.requestId();
        throw new ProblemDetailException(ErrorCode.UNAVAILABLE, detail(e), requestId, e.getCause());
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "Kafka did not accept the question. Retry later."
                : "Kafka did not acknowledge the question in time, but it may still be answered. Read the request, or "
                        + "retry with the same Idempotency-Key.";
    }
}
