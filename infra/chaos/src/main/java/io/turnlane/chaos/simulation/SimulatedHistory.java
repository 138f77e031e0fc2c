package io.turnlane.chaos.simulation;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.InMemorySessionMemory;
import io.turnlane.store.memory.TurnEnding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events of a simulation, and the violations of the promises. The names of the rules are those of the checker of
 * {@code ./turnlane chaos}. The rules that need a store or a log at one moment are checked at that moment.
 */
final class SimulatedHistory {

    private final InMemorySessionMemory store;
    private final SimulationJournal journal;
    private final Map<RequestId, LoggedTurn> turns = new LinkedHashMap<>();
    private final Map<Integer, List<RequestId>> logs = new HashMap<>();
    private final Map<SessionKey, Long> fences = new HashMap<>();
    private final Set<RequestId> accepted = new HashSet<>();
    private final Set<RequestId> cancelled = new HashSet<>();
    private final List<String> violations = new ArrayList<>();

    /** A question in the log. */
    private static final class LoggedTurn {
        private final Ask ask;
        private final List<TurnEvent> ends = new ArrayList<>();
        private @Nullable RequestStatus end;
        private boolean ran;

        private LoggedTurn(Ask ask) {
            this.ask = ask;
        }
    }

    SimulatedHistory(InMemorySessionMemory store, SimulationJournal journal) {
        this.journal = journal;
        this.store = store;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    int turnCount() {
        return turns.size();
    }

    private void violated(String rule, RequestId request, String what) {
        violated(rule, SimulationJournal.name(request) + " " + what);
    }

    void violated(String rule, String what) {
        journal.add("checker", rule + ":", what);
        violations.add(rule + ": " + what);
    }

    void accepted(RequestId request) {
        accepted.add(request);
    }

    void cancelAccepted(RequestId request) {
        cancelled.add(request);
    }

    void logged(Ask ask, int partition, long offset) {
        turns.putIfAbsent(ask.requestId(), new LoggedTurn(ask));
        logs.computeIfAbsent(partition, _ -> new ArrayList<>()).add(ask.requestId());
        if (logs.getOrDefault(partition, List.of()).size() != offset + 1) {
            throw new IllegalStateException("the log has a gap");
        }
    }

    /** Checks I9: all turns before a committed offset have ended and their ends are published. */
    void committed(int partition, long offset) {
        List<RequestId> log = logs.getOrDefault(partition, List.of());
        for (RequestId request : log.subList(0, Math.toIntExact(offset))) {
            LoggedTurn turn = turn(request);
            if (turn.ends.isEmpty() || !status(turn).isTerminal()) {
                violated("I9", request, "is before the committed offset " + offset + " and has not ended");
            }
        }
    }

    /** Checks O1, O4, O5 and O11 when an agent is about to run. */
    void begun(FlightRef flight, int computedAttempt, RequestStatus before) {
        LoggedTurn turn = turn(flight.request());
        turn.ran = true;
        written(flight);
        fences.merge(flight.session(), flight.fence(), Math::max);
        if (before.isTerminal()) {
            violated("O4", flight.request(), "runs although it has ended as " + before);
        }
        if (computedAttempt == 0 && cancelled.contains(flight.request())) {
            violated("O11", flight.request(), "runs although its cancel was accepted");
        }
        for (LoggedTurn earlier : turns.values()) {
            if (earlier == turn) {
                break;
            }
            if (earlier.ask.key().equals(flight.session()) && !status(earlier).isTerminal()) {
                violated(
                        "O1",
                        flight.request(),
                        "runs before the end of " + SimulationJournal.name(earlier.ask.requestId()));
            }
        }
    }

    /** Checks O5 after a write. */
    void written(FlightRef flight) {
        if (fences.getOrDefault(flight.session(), 0L) > flight.fence()) {
            violated("O5", flight.request(), "was changed by a previous owner");
        }
    }

    /** Checks I6: a request that has ended keeps its status. */
    void checkStatus(RequestId request) {
        LoggedTurn turn = turns.get(request);
        if (turn == null) {
            return;
        }
        RequestStatus status = status(turn);
        if (turn.end != null && turn.end != status) {
            violated("I6", request, "was " + turn.end + " and is " + status);
        } else if (status.isTerminal()) {
            turn.end = status;
        }
    }

    void published(SessionKey session, TurnEvent event) {
        LoggedTurn turn = turn(event.requestId());
        if (!turn.ask.key().equals(session) || !turn.ask.sessionId().equals(event.sessionId())) {
            violated("I5", event.requestId(), "has an event in another session");
        }
        if (event.body().endsTurn()) {
            turn.ends.add(event);
            TurnEnding stored = store.ending(session, event.requestId()).orElse(null);
            if (stored == null || !isEnd(event.body(), stored)) {
                violated("O9", event.requestId(), "ends with " + event.body() + " but the store holds " + stored);
            }
        }
    }

    private static boolean isEnd(TurnEvent.Body body, TurnEnding stored) {
        return body.type().equals(stored.status().wire())
                && (!(body instanceof TurnEvent.Failed failed) || failed.error().equals(stored.error()));
    }

    /** Checks the rules that need the whole run: I1, I2, I3, I4, I5 and O11. */
    void checkEnd() {
        accepted.forEach(request -> {
            if (!turns.containsKey(request)) {
                violated("I1", request, "was accepted but is not in the log");
            }
        });
        turns.forEach(this::checkEnd);
        Map<SessionKey, List<LoggedTurn>> sessions = new LinkedHashMap<>();
        turns.values()
                .forEach(turn -> sessions.computeIfAbsent(turn.ask.key(), _ -> new ArrayList<>())
                        .add(turn));
        sessions.forEach(this::checkMemory);
    }

    private void checkEnd(RequestId request, LoggedTurn turn) {
        RequestStatus status = status(turn);
        if (!status.isTerminal() || turn.ends.isEmpty()) {
            violated("I1", request, "has not ended: " + status + ", " + turn.ends.size() + " terminal events");
            return;
        }
        if (turn.ends.stream().map(TurnEvent::body).distinct().count() > 1) {
            violated("I1", request, "has different ends");
        }
        if (cancelled.contains(request) && status != RequestStatus.CANCELLED) {
            violated("O11", request, "was cancelled but is " + status);
        }
        if (status == RequestStatus.REJECTED && turn.ran) {
            violated("I2", request, "was rejected but ran");
        }
        if (turn.ends.getFirst().body() instanceof TurnEvent.Completed completed
                && !completed.answer().equals(answerTo(request))) {
            violated("I5", request, "has the answer of another request");
        }
    }

    /** Checks I4: memory holds each completed turn once, in the order of the log. */
    private void checkMemory(SessionKey session, List<LoggedTurn> turnsOfSession) {
        List<RequestId> completed = turnsOfSession.stream()
                .filter(turn -> status(turn) == RequestStatus.COMPLETED)
                .map(turn -> turn.ask.requestId())
                .toList();
        List<RequestId> remembered = store.history(session).stream()
                .filter(turn -> turn.answer() != null)
                .map(PastTurn::requestId)
                .toList();
        if (!remembered.equals(completed)) {
            violated("I4", "memory of " + session + " holds " + remembered + " instead of " + completed);
        }
    }

    static Answer answerTo(RequestId request) {
        return Answer.ofText("answer to " + request);
    }

    private LoggedTurn turn(RequestId request) {
        LoggedTurn turn = turns.get(request);
        if (turn == null) {
            throw new IllegalStateException("a turn that is not in the log");
        }
        return turn;
    }

    private RequestStatus status(LoggedTurn turn) {
        return store.status(turn.ask.key(), turn.ask.requestId()).orElse(RequestStatus.QUEUED);
    }

    boolean allEnded() {
        return turns.values().stream().allMatch(turn -> status(turn).isTerminal() && !turn.ends.isEmpty());
    }
}
