package io.turnlane.processor.turn;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.memory.BeginResult;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionMemory.BusyArrival;
import io.turnlane.processor.memory.SessionMemory.PolicyDecision;
import io.turnlane.processor.memory.SessionMemory.StillWaiting;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to turns out of their turn: cancelled, too late, decided by a policy. Each is one step in memory, after
 * which clients are told and the offset completes; a turn that goes on waiting is left where it is. What breaks off in
 * between is found by whoever begins the turn.
 *
 * <p>Threading: the control and poll threads ask; works run {@linkplain LaneScheduler#submitSideTasks aside}, one after
 * another for a session.
 */
public final class WaitingTurns {

    private static final Logger log = LoggerFactory.getLogger(WaitingTurns.class);

    /** So many turns ahead are looked at, the nearest and the one at the head: more wait in no lane of a gateway's. */
    private static final int MOST_AHEAD = 1000;

    /** So many cancels are remembered for turns that haven't come yet; whoever begins them knows in any case. */
    private static final int MOST_RECENT = 1000;

    /** So often a policy is tried that breaks by a mistake of ours; then its turn waits like any other. */
    private static final int MOST_TRIES = 3;

    private static final Duration AFTER_A_MISTAKE = Duration.ofMillis(500);

    private final TurnKit kit;
    private final Flights flights;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final AgentTimes agentTimes;
    private final StepRetrier patience;
    private final Set<RequestId> recentlyCancelled = Collections.synchronizedSet(newestOnly(MOST_RECENT));

    /** @param agentTimes what an estimate of the wait rests on */
    public WaitingTurns(TurnKit kit, Flights flights, LaneScheduler<SessionKey, Turn> lanes, AgentTimes agentTimes) {
        this.kit = kit;
        this.flights = flights;
        this.lanes = lanes;
        this.agentTimes = agentTimes;
        this.patience = new StepRetrier(kit.runtime().pause());
    }

    /**
     * Somebody doesn't want this turn's answer any more, and its record says so: what runs is stopped, what waits ends
     * now, what rests goes on, to its end. Does nothing where the turn isn't here.
     */
    public void cancel(SessionKey session, RequestId request) {
        recentlyCancelled.add(request); // it may be on its way here
        flights.cancel(session, request);
        lanes.submitSideTasks(session, turn -> turn.requestId().equals(request), this::dismiss);
        lanes.skipDelay(session, turn -> turn.requestId().equals(request));
    }

    /** A turn has come to its lane: where it was cancelled while it was on its way, that is heard now. */
    public void cancelIfRequested(Turn turn) {
        if (recentlyCancelled.contains(turn.requestId())) {
            cancel(turn.session(), turn.requestId());
        }
    }

    private static Set<RequestId> newestOnly(int most) {
        return Collections.newSetFromMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
                return size() > most;
            }
        });
    }

    /**
     * Lets the policy of a turn that found its session busy do its work, and then tells the turn where it stands. The
     * next decision of its session waits until this one is made, also where that takes a newer fence or a rebuild.
     *
     * @param whereItWaits is run when it is known to wait
     */
    public void applyPolicy(Turn turn, Runnable whereItWaits) {
        lanes.submitSideTask(turn.session(), turn, (one, ahead) -> applyPolicy(one, ahead, whereItWaits));
    }

    /** Ends a turn that still waits when its deadline passes. */
    public void scheduleDeadline(Turn turn, Duration left) {
        Cancellation timer =
                kit.runtime().delay().after(left, () -> lanes.submitSideTask(turn.session(), turn, this::dismiss));
        turn.claim().onEnd(timer::cancel);
    }

    /** Tells a turn how many are ahead of it, and how long that may take if they are like those before. */
    public void publishQueued(Turn turn, int position) {
        Duration wait = agentTimes
                .meanTime(turn.envelope().agent())
                .map(each -> each.multipliedBy(position))
                .orElse(null);
        var _ = kit.services()
                .events()
                .publish(
                        turn.session(),
                        turn.origin(),
                        new TurnEvent(
                                turn.requestId(),
                                turn.session().sessionId(),
                                0,
                                0,
                                kit.runtime().clock().instant().truncatedTo(ChronoUnit.MILLIS),
                                new TurnEvent.Queued(position, wait)));
    }

    private Collection<Turn> dismiss(Turn turn, List<Turn> ahead) {
        return carefully(turn, () -> {
            while (true) {
                FlightRef ref = refOf(turn);
                switch (askMemory(turn, () -> kit.services().memory().dismiss(ref))) {
                    case BeginResult.AlreadyEnded ended -> {
                        return end(turn, ended.ending());
                    }
                    case BeginResult.Erased _ -> {
                        return complete(turn);
                    }
                    case BeginResult.Fenced _ -> awaitNewerFence(turn, ref);
                    case StillWaiting stays -> {
                        return stay(turn, stays);
                    }
                }
            }
        });
    }

    /** Refused though the partition is ours: somebody had a newer token, and the poll thread takes a newer one yet. */
    private void awaitNewerFence(Turn turn, FlightRef refused) {
        turn.claim().renewFence();
        patience.await(turn.claim(), () -> turn.claim().fence() > refused.fence());
    }

    private Collection<Turn> stay(Turn turn, StillWaiting stays) {
        if (stays.timeLeft() != null) { // clocks differ
            scheduleDeadline(turn, stays.timeLeft());
        }
        return List.of();
    }

    private Collection<Turn> applyPolicy(Turn turn, List<Turn> ahead, Runnable whereItWaits) {
        List<Turn> others = questionsOf(ahead, turn);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            try {
                Ask ask = read(turn);
                return ask == null // its lane says so, in its turn
                        ? List.of()
                        : applyPolicy(turn, ask, others, whereItWaits);
            } catch (ClaimLostException e) {
                return List.of(); // its lane lets it go
            } catch (RuntimeException | Error e) {
                broken(turn, e);
                kit.runtime().pause().pause(AFTER_A_MISTAKE);
            }
        }
        letWait(turn, others.size(), whereItWaits);
        return List.of();
    }

    private Collection<Turn> applyPolicy(Turn turn, Ask ask, List<Turn> others, Runnable whereItWaits) {
        List<RequestId> ahead = others.stream().map(Turn::requestId).distinct().toList();
        boolean sure = false;
        while (true) {
            BusyArrival arrival =
                    new BusyArrival(refOf(turn), ask, turn.envelope().eventsFrom(), kit.isTooOld(turn), sure, ahead);
            switch (askMemory(turn, () -> kit.services().memory().decide(arrival))) {
                case PolicyDecision decision -> {
                    return follow(decision, turn, others, whereItWaits);
                }
                case BeginResult.Erased _ -> {
                    return complete(turn);
                }
                case BeginResult.Fenced _ -> awaitNewerFence(turn, arrival.flight());
                case BeginResult.DataMissing missed ->
                    sure = !kit.services().lostMemory().reportMissing(turn.claim(), missed.sessionLost());
            }
        }
    }

    private @Nullable Ask read(Turn turn) {
        try {
            return TurnRunner.read(turn, patience, kit.services().wire()) instanceof Ask ask ? ask : null;
        } catch (UnreadableRecordException | RecordGoneException e) {
            return null;
        }
    }

    /** Not the turn itself, which an earlier assignment may have left at the head. */
    private static List<Turn> questionsOf(List<Turn> ahead, Turn turn) {
        List<Turn> questions = ahead.stream()
                .filter(other -> Ask.TYPE.equals(other.envelope().type()))
                .filter(other -> !other.requestId().equals(turn.requestId()))
                .toList();
        if (questions.size() <= MOST_AHEAD) {
            return questions;
        }
        List<Turn> nearest = new ArrayList<>(List.of(questions.getFirst()));
        nearest.addAll(questions.subList(questions.size() - MOST_AHEAD + 1, questions.size()));
        return nearest;
    }

    private Collection<Turn> follow(PolicyDecision decision, Turn turn, List<Turn> others, Runnable whereItWaits) {
        decision.toCancel().forEach(request -> {
            flights.cancel(turn.session(), request);
            lanes.skipDelay(turn.session(), other -> other.requestId().equals(request));
        });
        List<Turn> over = new ArrayList<>();
        for (Turn other : others) {
            TurnEnding ending = decision.ended().get(other.requestId());
            if (ending != null) {
                over.addAll(carefully(other, () -> end(other, ending)));
            }
        }
        TurnEnding own = decision.ended().get(turn.requestId());
        if (own != null) {
            over.addAll(end(turn, own));
        } else {
            letWait(turn, others.size() - over.size(), whereItWaits);
        }
        return over;
    }

    private void letWait(Turn turn, int position, Runnable whereItWaits) {
        publishQueued(turn, position);
        whereItWaits.run();
    }

    private Collection<Turn> end(Turn turn, TurnEnding ending) {
        new TurnEnd(kit, patience, turn, "").republish(ending);
        String code = ending.error() == null ? "" : ending.error().code();
        String outcome = ending.attempt() > 0 ? "told_again" : ending.status().wire(); // its run has said it before
        kit.services()
                .observer()
                .flightEnded(new TurnReport(
                        turn.session(), turn.requestId(), "", outcome, code, ending.attempt(), Map.of()));
        return complete(turn);
    }

    private static Collection<Turn> complete(Turn turn) {
        turn.claim().complete();
        return List.of(turn);
    }

    private <T> T askMemory(Turn turn, Supplier<T> step) {
        patience.await(turn.claim(), () -> kit.services().lostMemory().isReady(turn.claim()));
        return patience.call(turn.claim(), step);
    }

    /** No run: only its fence and its place count. */
    private static FlightRef refOf(Turn turn) {
        return TurnRunner.refOf(turn, UUID.randomUUID().toString());
    }

    /** Whatever goes wrong, the turn keeps its place, and its lane gets to it. */
    private static Collection<Turn> carefully(Turn turn, Supplier<Collection<Turn>> what) {
        try {
            return what.get();
        } catch (ClaimLostException e) {
            return List.of(); // its lane lets it go
        } catch (RuntimeException | Error e) {
            broken(turn, e);
            return List.of();
        }
    }

    private static void broken(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("turn broke while it waited");
    }
}
