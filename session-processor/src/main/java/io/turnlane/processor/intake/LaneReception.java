package io.turnlane.processor.intake;

import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.LaneScheduler.Place;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.PutAside;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the poll thread into the lanes. Called by the poll thread only; whatever may block runs on the executor. */
public final class LaneReception implements Reception {

    /** So many turns of a lane are kept whole; of those behind only the place in the log. */
    private static final int DEEP = RecordReader.MOST_ALONG;

    private static final Logger log = LoggerFactory.getLogger(LaneReception.class);

    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Flights flights;
    private final SessionMemory memory;
    private final EventPublisher events;
    private final PutAside putAside;
    private final Executor executor;
    private final InstantSource clock;
    private final Duration revokeBudget;

    /** @param revokeBudget how long a leaving partition may wait for flights that are past their agent */
    public LaneReception(
            LaneScheduler<SessionKey, Turn> lanes,
            Flights flights,
            SessionMemory memory,
            EventPublisher events,
            PutAside putAside,
            Executor executor,
            InstantSource clock,
            Duration revokeBudget) {
        this.lanes = lanes;
        this.flights = flights;
        this.memory = memory;
        this.events = events;
        this.putAside = putAside;
        this.executor = executor;
        this.clock = clock;
        this.revokeBudget = revokeBudget;
    }

    /**
     * A turn that must wait is told so, where others of its session are ahead; else its memory is fetched meanwhile. A
     * twin of a turn that its lane holds, as gateways make when they don't know the end of a publication, is one too
     * many: whatever follows from the first counts for both.
     */
    @Override
    public void arrived(Turn turn) {
        Place place = lanes.offer(turn.session(), turn);
        if (place.twin()) {
            turn.claim().complete();
            return;
        }
        if (place.ahead() >= DEEP) {
            turn.claim().shed();
        }
        if (place.ahead() > 0) {
            executor.execute(() -> tellQueued(turn, place.ahead()));
        } else if (!place.running()) {
            executor.execute(() -> memory.prefetch(turn.session()));
        }
    }

    private void tellQueued(Turn turn, int position) {
        var _ = events.publish(
                turn.session(),
                turn.origin(),
                new TurnEvent(
                        turn.requestId(),
                        turn.session().sessionId(),
                        0,
                        0,
                        clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        new TurnEvent.Queued(position)));
    }

    @Override
    public void unreadable(Turn.Claim claim, TurnError error) {
        executor.execute(() -> putAside.put(claim, error, 0));
    }

    @Override
    public void leaving(Predicate<Turn.Claim> ofPartition, boolean patient) {
        Predicate<Turn> which = turn -> ofPartition.test(turn.claim());
        lanes.withdraw(which).forEach(turn -> turn.claim().letGo());
        flights.release(which);
        if (patient) {
            awaitPastAgent(which);
        }
    }

    private void awaitPastAgent(Predicate<Turn> which) {
        try {
            if (!flights.awaitPastAgent(which, revokeBudget)) {
                log.atInfo().log("partitions leave before every flight has ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
