package io.turnlane.processor.turn;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import io.turnlane.store.memory.SessionMemory.StillWaiting;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends waiting turns that were cancelled or whose deadline has passed. Also applies the policy of each question that
 * found its session busy. The turns need not be at the head of their lane. In each case, one Redis script decides and
 * stores the result in the request records. If the script ends a turn, this class publishes the turn's terminal event
 * and completes its offset. Otherwise the turn keeps its position in the lane. If the processor crashes after the
 * script but before the offset is complete, the next owner finds the stored result when it begins the turn.
 *
 * <p>Threading: the control thread and the poll thread call this class. The work runs as
 * {@linkplain LaneScheduler#submitSideTasks side tasks}, one at a time for each session.
 */
public final class WaitingTurns {

    private static final Logger log = LoggerFactory.getLogger(WaitingTurns.class);

    /**
     * Maximum number of turns to which a question's policy is applied: the head of the lane and the turns nearest to
     * the question.
     */
    private static final int MAX_AHEAD = 1000;

    /**
     * Maximum number of recent cancels that are kept for turns that this processor has not read yet. If a cancel is no
     * longer kept, it takes effect when its turn begins.
     */
    private static final int MAX_RECENT_CANCELS = 1000;

    /**
     * Maximum number of tries to apply a policy. If each try causes an unexpected exception, the policy is ignored and
     * the turn waits in its lane.
     */
    private static final int MAX_TRIES = 3;

    private static final Duration DEFECT_DELAY = Duration.ofMillis(500);

    private final SessionMemory memory;
    private final TurnStreams streams;
    private final TurnEnds ends;
    private final WireFormat wire;
    private final Predicate<Turn> tooOld;
    private final Delay delay;
    private final StepRetrier retrier;
    private final Flights flights;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final AgentTimes agentTimes;
    private final Set<RequestId> recentlyCancelled = Collections.synchronizedSet(boundedSet(MAX_RECENT_CANCELS));

    /**
     * @param tooOld matches turns that are so old that their request record can have expired
     * @param agentTimes times from which waits are estimated
     */
    WaitingTurns(
            SessionMemory memory,
            TurnStreams streams,
            TurnEnds ends,
            WireFormat wire,
            Predicate<Turn> tooOld,
            Delay delay,
            StepRetrier retrier,
            Flights flights,
            LaneScheduler<SessionKey, Turn> lanes,
            AgentTimes agentTimes) {
        this.memory = memory;
        this.streams = streams;
        this.ends = ends;
        this.wire = wire;
        this.tooOld = tooOld;
        this.delay = delay;
        this.retrier = retrier;
        this.flights = flights;
        this.lanes = lanes;
        this.agentTimes = agentTimes;
    }

    /**
     * Cancels a turn. The cancel must already be stored in the turn's request record. If the turn is running, stops its
     * flight. If the turn is waiting, ends the turn. If the turn waits for its next attempt, skips the delay, so that
     * the turn ends at once. If this processor reads the turn only later, {@link #cancelIfRequested} ends it then.
     */
    public void cancel(SessionKey session, RequestId request) {
        recentlyCancelled.add(request); // this processor has possibly not read the turn yet
        flights.cancel(session, request);
        lanes.submitSideTasks(session, turn -> turn.requestId().equals(request), this::dismiss);
        lanes.skipDelay(session, turn -> turn.requestId().equals(request));
    }

    /** Cancels a turn that this processor has just read, if it received the cancel before the turn. */
    public void cancelIfRequested(Turn turn) {
        if (recentlyCancelled.contains(turn.requestId())) {
            cancel(turn.session(), turn.requestId());
        }
    }

    private static Set<RequestId> boundedSet(int maxSize) {
        return Collections.newSetFromMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
                return size() > maxSize;
            }
        });
    }

    /**
     * Applies the policy of a turn that found its session busy. If the turn must wait, publishes its position. The
     * policies of a session's turns are applied one at a time and in order. If a policy must wait for a newer fence or
     * a rebuild, the policies of later turns wait too.
     *
     * @param ifWaiting runs if the turn waits
     */
    public void applyPolicy(Turn turn, Runnable ifWaiting) {
        lanes.submitSideTask(turn.session(), turn, (one, ahead) -> applyPolicy(one, ahead, ifWaiting));
    }

    /** Ends the turn if it still waits when its deadline passes. */
    public void scheduleDeadline(Turn turn, Duration left) {
        Cancellation timer = delay.after(left, () -> lanes.submitSideTask(turn.session(), turn, this::dismiss));
        turn.claim().onEnd(timer::cancel);
    }

    /**
     * Publishes a turn's position. If an estimate of the wait is available, publishes the estimate too.
     *
     * @param position number of turns ahead
     */
    public void publishQueued(Turn turn, int position) {
        Duration wait = agentTimes
                .expectedWait(turn.envelope().agent(), position, lanes::load)
                .orElse(null);
        streams.publishWait(turn, new TurnEvent.Queued(position, wait, null));
    }

    private Collection<Turn> dismiss(Turn turn, List<Turn> ahead) {
        return guarded(turn, () -> {
            while (true) {
                FlightRef ref = refOf(turn);
                switch (askMemory(turn, () -> memory.dismiss(ref))) {
                    case MemoryResult.AlreadyEnded ended -> {
                        return end(turn, ended.ending());
                    }
                    case MemoryResult.Erased _ -> {
                        return complete(turn);
                    }
                    case MemoryResult.Fenced _ -> awaitNewerFence(turn, ref);
                    case StillWaiting stillWaiting -> {
                        return keepWaiting(turn, stillWaiting);
                    }
                }
            }
        });
    }

    /** Waits until the poll thread has acquired a newer fence than the rejected one. */
    private void awaitNewerFence(Turn turn, FlightRef rejected) {
        turn.claim().renewFence();
        retrier.await(turn.claim(), () -> turn.claim().fence() > rejected.fence());
    }

    private Collection<Turn> keepWaiting(Turn turn, StillWaiting stillWaiting) {
        if (stillWaiting.timeLeft() != null) { // the deadline has not passed by Redis's clock
            scheduleDeadline(turn, stillWaiting.timeLeft());
        }
        return List.of();
    }

    private Collection<Turn> applyPolicy(Turn turn, List<Turn> ahead, Runnable ifWaiting) {
        List<Turn> others = questionsOf(ahead, turn);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            try {
                Ask ask = read(turn);
                return ask == null // the turn fails when its lane runs it
                        ? List.of()
                        : applyPolicy(turn, ask, others, ifWaiting);
            } catch (ClaimLostException e) {
                return List.of(); // the lane releases the turn
            } catch (RuntimeException | Error e) {
                logUnexpected(turn, e);
                retrier.pause(DEFECT_DELAY);
            }
        }
        keepQueued(turn, others.size(), ifWaiting);
        return List.of();
    }

    private Collection<Turn> applyPolicy(Turn turn, Ask ask, List<Turn> others, Runnable ifWaiting) {
        List<RequestId> ahead = others.stream().map(Turn::requestId).distinct().toList();
        boolean lossRuledOut = false;
        while (true) {
            BusyArrival arrival = new BusyArrival(
                    refOf(turn), ask, turn.envelope().eventsFrom(), tooOld.test(turn), lossRuledOut, ahead);
            switch (askMemory(turn, () -> memory.decide(arrival))) {
                case PolicyDecision decision -> {
                    return follow(decision, turn, others, ifWaiting);
                }
                case MemoryResult.Erased _ -> {
                    return complete(turn);
                }
                case MemoryResult.Fenced _ -> awaitNewerFence(turn, arrival.flight());
                case MemoryResult.DataMissing missed ->
                    lossRuledOut = !retrier.isLost(turn.claim(), missed.sessionLost());
            }
        }
    }

    private @Nullable Ask read(Turn turn) {
        try {
            return retrier.readCommand(turn, wire) instanceof Ask ask ? ask : null;
        } catch (UnreadableRecordException | RecordGoneException e) {
            return null;
        }
    }

    /**
     * Returns the questions ahead of a turn. If there are more than {@value #MAX_AHEAD}, returns only the head and the
     * nearest ones. Excludes an earlier delivery of the same question. It can still be running at the head if the
     * partition left this processor and was assigned to it again.
     */
    private static List<Turn> questionsOf(List<Turn> ahead, Turn turn) {
        List<Turn> questions = ahead.stream()
                .filter(other -> Ask.TYPE.equals(other.envelope().type()))
                .filter(other -> !other.requestId().equals(turn.requestId()))
                .toList();
        if (questions.size() <= MAX_AHEAD) {
            return questions;
        }
        List<Turn> nearest = new ArrayList<>(List.of(questions.getFirst()));
        nearest.addAll(questions.subList(questions.size() - MAX_AHEAD + 1, questions.size()));
        return nearest;
    }

    private Collection<Turn> follow(PolicyDecision decision, Turn turn, List<Turn> others, Runnable ifWaiting) {
        decision.toCancel().forEach(request -> {
            flights.cancel(turn.session(), request);
            lanes.skipDelay(turn.session(), other -> other.requestId().equals(request));
        });
        List<Turn> ended = new ArrayList<>();
        for (Turn other : others) {
            TurnEnding ending = decision.ended().get(other.requestId());
            if (ending != null) {
                ended.addAll(guarded(other, () -> end(other, ending)));
            }
        }
        TurnEnding own = decision.ended().get(turn.requestId());
        if (own != null) {
            ended.addAll(end(turn, own));
        } else {
            keepQueued(turn, others.size() - ended.size(), ifWaiting);
        }
        return ended;
    }

    private void keepQueued(Turn turn, int position, Runnable ifWaiting) {
        publishQueued(turn, position);
        ifWaiting.run();
    }

    private Collection<Turn> end(Turn turn, TurnEnding ending) {
        String outcome =
                ending.attempt() > 0 ? "republished" : ending.status().wire(); // its flight was reported before
        ends.of(turn, "", retrier, "", Map.of()).completeAs(outcome, ending, null);
        return List.of(turn);
    }

    private static Collection<Turn> complete(Turn turn) {
        turn.complete();
        return List.of(turn);
    }

    private <T> T askMemory(Turn turn, Supplier<T> step) {
        retrier.awaitReady(turn.claim());
        return retrier.call(turn.claim(), step);
    }

    /** The flight id is random, because a waiting turn has no flight. */
    private static FlightRef refOf(Turn turn) {
        return turn.flightRef(UUID.randomUUID().toString());
    }

    /**
     * Runs a step for a waiting turn. If the step throws an exception, the turn stays in its lane, which runs the turn
     * later.
     */
    private static Collection<Turn> guarded(Turn turn, Supplier<Collection<Turn>> step) {
        try {
            return step.get();
        } catch (ClaimLostException e) {
            return List.of(); // the lane releases the turn
        } catch (RuntimeException | Error e) {
            logUnexpected(turn, e);
            return List.of();
        }
    }

    private static void logUnexpected(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("unexpected error while handling a waiting turn");
    }
}
