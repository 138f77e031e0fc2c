package io.turnlane.gateway.operations.quarantine;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.AskBody;
import io.turnlane.gateway.turns.ask.IdempotencyKeys;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.store.accept.IdempotencyClaim;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RedriveMarks;
import io.turnlane.store.request.RequestRecords;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Asks a quarantined question again. The question gets a new request id, and waits behind the turns that are already
 * queued in its session, like any other question.
 *
 * <p>A question is redriven (asked again) only once, unless the caller explicitly requests to repeat it. Two mechanisms
 * prevent a second redrive. An idempotency key prevents it for concurrent calls, and if a gateway crashes during a
 * redrive. A mark in Redis prevents it for as long as the quarantine topic keeps the record.
 *
 * <p>Safe for use by multiple threads.
 */
@Component
public record Redrive(QuestionIntake intake, RequestRecords records, RedriveMarks marks) {

    private static final Logger LOG = LoggerFactory.getLogger(Redrive.class);

    /**
     * Asks the question of a quarantined turn again, or returns the request of an earlier redrive.
     *
     * @param again true to ask again even if the question has been asked again before
     * @throws ProblemDetailException if the record contains no question, or if the question is rejected
     */
    Submission redrive(QuarantineRecord quarantined, boolean again, @Nullable String traceparent) {
        Ask ask = quarantined.ask();
        if (ask == null) {
            throw new ProblemDetailException(ErrorCode.UNREADABLE_RECORD, noQuestion(quarantined));
        }
        Optional<RequestId> earlier = again ? Optional.empty() : redrivenAs(ask);
        return earlier.isPresent() ? existing(ask, earlier.get()) : ask(ask, again, traceparent);
    }

    private static String noQuestion(QuarantineRecord quarantined) {
        String type = quarantined.turn().header(RecordHeaders.TYPE);
        return type == null || type.equals(Ask.TYPE)
                ? "This record holds no question that could be asked again."
                : "This record is a command (" + type + ") and not a question, so it cannot be redriven. Send the call"
                        + " again that it came from.";
    }

    /** Returns the id of the latest request that asked the question again. */
    Optional<RequestId> redrivenAs(Ask ask) {
        return marks.find(ask.key(), ask.requestId());
    }

    private Submission ask(Ask ask, boolean again, @Nullable String traceparent) {
        PreparedTurn turn = intake.prepare(
                new Caller(ask.userId()),
                ask.sessionId(),
                new AskBody(ask.question(), ask.askedAgent(), ask.metadata(), null, null, ask.priority(), null),
                traceparent,
                null);
        IdempotencyClaim once = again ? null : IdempotencyKeys.ofRedrive(ask.requestId(), turn);
        Submission submission = intake.submit(turn.asRedriveOf(ask.requestId(), once));
        mark(ask, submission.request().requestId());
        return submission;
    }

    private void mark(Ask ask, RequestId redrivenAs) {
        try {
            marks.put(ask.key(), ask.requestId(), redrivenAs);
        } catch (DataAccessException unavailable) {
            LOG.atWarn()
                    .addKeyValue("request_id", ask.requestId())
                    .addKeyValue("redriven_as", redrivenAs)
                    .log("question redriven, but the redrive mark could not be stored");
        }
    }

    private Submission existing(Ask ask, RequestId redrivenAs) {
        RequestResource request = records.find(ask.key(), redrivenAs)
                .map(RequestResource::of)
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.NOT_FOUND,
                        "The turn was already redriven, but the record of that request has expired. Use ?again=true to "
                                + "ask once more.",
                        redrivenAs,
                        null));
        return new Submission(request, true);
    }
}
