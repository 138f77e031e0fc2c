package io.turnlane.processor.intake;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.StepRetrier.Pause;
import io.turnlane.processor.turn.Turn;
import io.turnlane.store.memory.UnendedRequests;
import io.turnlane.store.memory.UnendedRequests.UnendedRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends requests whose records were deleted from the turns topic before a processor received them. This happens if no
 * processor ran until the retention of the topic had passed, or if an operator deleted records. Without this class,
 * these requests would stay queued until their request records expire.
 *
 * <p>This class finds the requests in Redis, because the log no longer contains them. It searches the request records
 * of the partition's sessions for requests that have not ended and have no record in the log. For each of them, it adds
 * a turn to the session's lane, unless the lane already holds a turn of the request. At the head of the lane, the added
 * turn ends the request as failed with {@code expired}. Each installation needs its own Redis, because this class would
 * also end the requests of other installations.
 *
 * <p>Threading: any number of threads may call {@link #end}, which blocks. This object's monitor ensures that one
 * partition is handled at a time, but the waits for requests that are not published yet overlap.
 */
public final class DroppedTurns {

    private static final Logger log = LoggerFactory.getLogger(DroppedTurns.class);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final RecordReader records;
    private final UnendedRequests requests;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Pause pause;
    private final Duration publishTime;
    private final LongAdder ended = new LongAdder();

    /**
     * @param records reads the turns topic
     * @param publishTime maximum time between the acceptance of a question in Redis and the publication of its record
     */
    public DroppedTurns(
            RecordReader records,
            UnendedRequests requests,
            LaneScheduler<SessionKey, Turn> lanes,
            Pause pause,
            Duration publishTime) {
        this.records = records;
        this.requests = requests;
        this.lanes = lanes;
        this.pause = pause;
        this.publishTime = publishTime;
    }

    /** Returns the number of requests since the start that end as expired because their records were deleted. */
    public long count() {
        return ended.sum();
    }

    /** Ends the requests whose records were deleted. Retries until all have ended or the partition has left. */
    public void end(SkippedRecords skipped) {
        while (skipped.held()) {
            try {
                if (tryEnd(skipped)) {
                    return;
                }
            } catch (RuntimeException e) { // Redis or Kafka does not answer
                log.atWarn()
                        .addKeyValue("partition", skipped.partition())
                        .addKeyValue("error", e)
                        .log("requests of deleted records not ended yet; retrying");
            }
            pause.pause(RETRY_DELAY);
        }
    }

    /** Returns false if the caller must try again. */
    private boolean tryEnd(SkippedRecords skipped) {
        long first = records.beginning(skipped.partition());
        if (first > skipped.from()) {
            log.atError()
                    .addKeyValue("partition", skipped.partition())
                    .addKeyValue("from", skipped.from())
                    .addKeyValue("first_kept", first)
                    .addKeyValue("most", first - skipped.from())
                    .log("records were deleted from the turns topic before they were handled");
            Map<RequestId, UnendedRequest> unended = findUnended(skipped);
            if (!unended.isEmpty()) {
                // The records of the newest requests may not be in the log yet. All partitions wait at the same time.
                pause.pause(publishTime);
            }
            if (!endDropped(skipped, unended)) {
                return false;
            }
        }
        skipped.complete();
        return true;
    }

    private synchronized Map<RequestId, UnendedRequest> findUnended(SkippedRecords skipped) {
        Map<RequestId, UnendedRequest> unended = new LinkedHashMap<>();
        requests.find(skipped::mayContain).forEach(request -> unended.put(request.request(), request));
        return unended;
    }

    /** Ends those of the requests that have no record in the log. Returns false if the partition left. */
    private synchronized boolean endDropped(SkippedRecords skipped, Map<RequestId, UnendedRequest> unended) {
        if (!unended.isEmpty()) {
            records.readRequestIds(skipped.partition(), skipped::held, unended::remove);
        }
        List<UnendedRequest> dropped = skipped.held() ? List.copyOf(unended.values()) : List.of();
        dropped.forEach(request -> endInLane(skipped, request));
        if (!skipped.awaitEnds()) {
            return false;
        }
        log.atError()
                .addKeyValue("partition", skipped.partition())
                .addKeyValue("requests", dropped.size())
                .log("requests whose records were deleted have ended as expired");
        return true;
    }

    /**
     * Adds a turn that ends the request to the lane of its session. If the lane already holds a turn of this request,
     * that turn ends the request instead.
     */
    private void endInLane(SkippedRecords skipped, UnendedRequest request) {
        Turn turn = skipped.turnOf(request);
        if (lanes.offer(turn.session(), turn).duplicate()) {
            turn.claim().complete();
        } else {
            ended.increment();
        }
    }
}
