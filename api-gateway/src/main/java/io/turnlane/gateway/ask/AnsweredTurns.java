package io.turnlane.gateway.ask;

import io.turnlane.gateway.deliver.EndWatch;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.gateway.requests.WaitTimes;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Submits a turn and waits for its end, for clients that want one call and one answer. */
public final class AnsweredTurns {

    private static final Logger LOG = LoggerFactory.getLogger(AnsweredTurns.class);

    private final QuestionIntake intake;
    private final EventStreams streams;
    private final RequestRecords records;

    public AnsweredTurns(QuestionIntake intake, EventStreams streams, RequestRecords records) {
        this.intake = intake;
        this.streams = streams;
        this.records = records;
    }

    /**
     * The finished request, or the one that waits where it doesn't end within {@code patience}.
     *
     * @throws ProblemDetailException where it wasn't taken because its session is busy
     */
    public Submission submitAndWait(PreparedTurn turn, Duration patience) {
        Submission submission = submitAndAwait(turn, patience);
        RequestResource request = submission.request();
        if (request.status() == RequestStatus.REJECTED) {
            throw new ProblemDetailException(
                    ErrorCode.SESSION_BUSY, "the session is busy with an earlier question", request.requestId(), null);
        }
        return submission;
    }

    private Submission submitAndAwait(PreparedTurn turn, Duration patience) {
        Submission submission;
        // Registered before it is published: the end can't come earlier than that.
        try (EndWatch watch = streams.watchEnd(turn.session(), turn.requestId())) {
            submission = intake.submit(turn);
            if (!submission.replayed()) {
                await(watch, patience);
                return asItStands(turn.session(), submission);
            }
        }
        return awaitFirst(turn, submission, patience);
    }

    /** An earlier call asked it. It may end at any time: registered first and looked at second. */
    private Submission awaitFirst(PreparedTurn turn, Submission first, Duration patience) {
        SessionKey session =
                new SessionKey(turn.session().namespace(), first.request().sessionId());
        try (EndWatch watch = streams.watchEnd(session, first.request().requestId())) {
            Submission now = asItStands(session, first);
            if (now.request().ended()) {
                return now;
            }
            await(watch, patience);
            return asItStands(session, first);
        }
    }

    private static void await(EndWatch watch, Duration patience) {
        boolean ended = WaitTimes.await(watch, patience);
        LOG.debug("waited, ended: {}", ended);
    }

    private Submission asItStands(SessionKey session, Submission submission) {
        RequestResource before = submission.request();
        try {
            RequestResource now = records.find(session, before.requestId())
                    .map(RequestResource::of)
                    .orElse(before);
            return new Submission(now, submission.replayed());
        } catch (DataAccessException away) {
            // The question is on the log: a 503 would have the client ask twice.
            LOG.atWarn()
                    .setMessage("accepted, but memory is away")
                    .addKeyValue("request_id", before.requestId())
                    .log();
            return submission;
        }
    }
}
