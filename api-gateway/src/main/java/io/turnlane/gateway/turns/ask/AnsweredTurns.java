package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.deliver.DeliveryLog;
import io.turnlane.gateway.turns.deliver.EndWatch;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.LoggedEvent;
import io.turnlane.gateway.turns.requests.EndedRequests;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RequestRecords;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Submits a turn and waits for its end, for clients that want the answer in the response to their call.
 *
 * <p>Safe for use by any number of threads.
 *
 * <p>The journey of a turn continues in {@link QuestionIntake}.
 */
public final class AnsweredTurns {

    private static final Logger LOG = LoggerFactory.getLogger(AnsweredTurns.class);

    /**
     * Time for which a call waits for the end of its turn before it waits for the acknowledgement of its question.
     * Metrics and log count a question as accepted after at most this time.
     */
    private static final Duration SHORT_TURN = Duration.ofMillis(100);

    private final QuestionIntake intake;
    private final EventStreams streams;
    private final RequestRecords records;
    private final EndedRequests ended;
    private final DeliveryLog deliveries;

    public AnsweredTurns(
            QuestionIntake intake,
            EventStreams streams,
            RequestRecords records,
            EndedRequests ended,
            DeliveryLog deliveries) {
        this.intake = intake;
        this.streams = streams;
        this.records = records;
        this.ended = ended;
        this.deliveries = deliveries;
    }

    /**
     * Submits a turn and waits for its end.
     *
     * @param timeout maximum time to wait
     * @return the finished request, or its current state if it does not end within {@code timeout}
     * @throws ProblemDetailException if the policy rejects the turn because its session is busy, or if
     *     {@link QuestionIntake#submit} throws the exception
     */
    public Submission submitAndWait(PreparedTurn turn, Duration timeout) {
        Submission submission = submitAndAwaitEnd(turn, timeout);
        RequestResource request = submission.request();
        if (request.ended()) {
            deliveries.delivered(request.requestId(), DeliveryChannel.WAIT, streams.partitionOf(turn.session()), null);
        }
        if (request.status() == RequestStatus.REJECTED) {
            throw new ProblemDetailException(
                    ErrorCode.SESSION_BUSY,
                    "The session is busy with an earlier question. Ask again when it has ended.",
                    request.requestId(),
                    null);
        }
        return submission;
    }

    private Submission submitAndAwaitEnd(PreparedTurn turn, Duration timeout) {
        Submission submission;
        // Register before publishing, so that the terminal event cannot be missed.
        try (EndWatch watch = streams.watchEnd(turn.session(), turn.requestId())) {
            long deadline = System.nanoTime() + timeout.toNanos();
            submission = turn.claim() == null
                    ? intake.submit(turn, publication -> awaitPublished(publication, watch, timeout))
                    : intake.submit(turn);
            if (!submission.replayed()) {
                LoggedEvent end = await(watch, Duration.ofNanos(deadline - System.nanoTime()));
                return afterWait(turn.session(), submission, end);
            }
        }
        return awaitEarlierCall(turn, submission, timeout);
    }

    /**
     * Waits until the question is published. A short turn ends before this thread would notice the acknowledgement of
     * its question. Its terminal event proves that the question is published, so the thread is woken only once.
     */
    private static void awaitPublished(Publication publication, EndWatch watch, Duration timeout)
            throws NotPublishedException {
        if (WaitTimes.await(watch, timeout.compareTo(SHORT_TURN) < 0 ? timeout : SHORT_TURN) == null) {
            publication.await();
        }
    }

    /**
     * Waits for a turn of an earlier call. Registers for the turn's end before it reads the request record. An end
     * between these two steps is therefore not missed.
     */
    private Submission awaitEarlierCall(PreparedTurn turn, Submission first, Duration timeout) {
        SessionKey session =
                new SessionKey(turn.session().namespace(), first.request().sessionId());
        try (EndWatch watch = streams.watchEnd(session, first.request().requestId())) {
            Submission now = currentState(session, first);
            if (now.request().ended()) {
                return now;
            }
            return afterWait(session, now, await(watch, timeout));
        }
    }

    private Submission afterWait(SessionKey session, Submission before, @Nullable LoggedEvent end) {
        return ended.from(before.request(), end)
                .map(request -> new Submission(request, before.replayed()))
                .orElseGet(() -> currentState(session, before));
    }

    private static @Nullable LoggedEvent await(EndWatch watch, Duration timeout) {
        LoggedEvent end = WaitTimes.await(watch, timeout);
        LOG.debug("wait for the end of a request finished, ended: {}", end != null);
        return end;
    }

    private Submission currentState(SessionKey session, Submission submission) {
        RequestResource before = submission.request();
        try {
            RequestResource now = records.find(session, before.requestId())
                    .map(RequestResource::of)
                    .orElse(before);
            return new Submission(now, submission.replayed());
        } catch (DataAccessException unavailable) {
            // Returns no error, because the question is published: after an error, the client would ask it a second
            // time.
            LOG.atWarn()
                    .setMessage("Redis is unavailable, the state of an accepted request was not read")
                    .addKeyValue("request_id", before.requestId())
                    .log();
            return submission;
        }
    }
}
