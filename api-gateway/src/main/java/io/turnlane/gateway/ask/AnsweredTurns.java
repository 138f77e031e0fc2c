package io.turnlane.gateway.ask;

import io.turnlane.gateway.deliver.EndWatch;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.gateway.requests.Waits;
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

    /** The finished request, or the queued one where it doesn't end within {@code patience}. */
    public RequestResource submitAndWait(PreparedTurn turn, Duration patience) {
        // Registered before it is published: the end can't come earlier than that.
        try (EndWatch watch = streams.watchEnd(turn.session(), turn.requestId())) {
            RequestResource queued = intake.submit(turn);
            boolean ended = Waits.await(watch, patience);
            LOG.debug("waited, ended: {}", ended);
            return asItStands(turn, queued);
        }
    }

    private RequestResource asItStands(PreparedTurn turn, RequestResource queued) {
        try {
            return records.find(turn.session(), turn.requestId())
                    .map(RequestResource::of)
                    .orElse(queued);
        } catch (DataAccessException away) {
            // The question is on the log: a 503 would have the client ask twice.
            LOG.atWarn()
                    .setMessage("accepted, but memory is away")
                    .addKeyValue("request_id", turn.requestId())
                    .log();
            return queued;
        }
    }
}
