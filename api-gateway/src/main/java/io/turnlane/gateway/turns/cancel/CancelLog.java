package io.turnlane.gateway.turns.cancel;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.ask.TurnIds;
import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Appends cancels to the turns topic, to the partition of the cancelled question. If Redis loses the cancel, processors
 * restore it from this topic.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
record CancelLog(TurnPublisher publisher, EventStreams streams, TurnIds ids) {

    private static final Logger LOG = LoggerFactory.getLogger(CancelLog.class);

    /**
     * Appends a cancel and waits for the acknowledgement. Returns false if Kafka did not acknowledge it. The caller may
     * append it again.
     *
     * @param reason reason of the client, or an empty string
     */
    boolean append(Caller caller, SessionKey session, RequestId requestId, String reason) {
        CancelTurn cancel = new CancelTurn(
                ids.next(),
                session.sessionId(),
                caller.userId(),
                ids.now(),
                requestId,
                reason.isEmpty() ? null : reason);
        try {
            publisher.publish(cancel, streams.position(session), null);
            return true;
        } catch (NotPublishedException e) {
            LOG.atWarn()
                    .addKeyValue("request_id", requestId)
                    .addKeyValue("cause", String.valueOf(e.getCause()))
                    .log("cancel not published to the turns topic");
            return false;
        }
    }
}
