package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.ask.AskBody;
import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.ask.Submission;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Asks a quarantined question again: under a new request id, at its session's end, on the way that every question
 * takes. Once for each, unless more is asked for: an idempotency key of its own holds that for calls at the same time
 * and for gateways that die in between, a mark for as long as the quarantine lasts.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Redrive {

    private static final Logger LOG = LoggerFactory.getLogger(Redrive.class);

    private final QuestionIntake intake;
    private final RequestRecords records;
    private final RedriveMarks marks;

    public Redrive(QuestionIntake intake, RequestRecords records, RedisRedriveMarks marks) {
        this.intake = intake;
        this.records = records;
        this.marks = marks;
    }

    /**
     * Asks it.
     *
     * @param again whether it is asked once more though it was asked again before
     * @throws ProblemDetailException where it holds no question, or asking is refused
     */
    Submission redrive(QuarantineRecord quarantined, boolean again, @Nullable String traceparent) {
        Ask ask = quarantined.ask();
        if (ask == null) {
            throw new ProblemDetailException(
                    ErrorCode.UNREADABLE_RECORD, "this record holds no question that could be asked again");
        }
        Optional<RequestId> earlier = again ? Optional.empty() : redrivenAs(ask);
        return earlier.isPresent() ? asItStands(ask, earlier.get()) : ask(ask, again, traceparent);
    }

    /** As what it was asked again, the last time. */
    Optional<RequestId> redrivenAs(Ask ask) {
        return marks.find(ask.key(), ask.requestId());
    }

    private Submission ask(Ask ask, boolean again, @Nullable String traceparent) {
        Submission submission = intake.submit(intake.prepare(
                        new Caller(ask.userId()),
                        ask.sessionId(),
                        new AskBody(ask.question(), ask.agent(), ask.metadata(), null),
                        traceparent,
                        null)
                .asRedriveOf(ask.requestId(), !again));
        mark(ask, submission.request().requestId());
        return submission;
    }

    private void mark(Ask ask, RequestId redrivenAs) {
        try {
            marks.put(ask.key(), ask.requestId(), redrivenAs);
        } catch (DataAccessException away) {
            LOG.atWarn()
                    .setMessage("asked again, but not marked so")
                    .addKeyValue("request_id", ask.requestId())
                    .addKeyValue("redriven_as", redrivenAs)
                    .log();
        }
    }

    private Submission asItStands(Ask ask, RequestId redrivenAs) {
        RequestResource request = records.find(ask.key(), redrivenAs)
                .map(RequestResource::of)
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.NOT_FOUND,
                        "it was asked again, but that request's record is gone; ?again=true asks once more",
                        redrivenAs,
                        null));
        return new Submission(request, true);
    }
}
