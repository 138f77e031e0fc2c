package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.check.facts.SessionFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RememberedTurn;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks I4: memory contains the last completed turns of its session, each once and in log order. This applies to Redis
 * after the run and to the memory that each agent call received. Turns that Redis lost because of an injected fault are
 * allowed to be missing, but no turn is allowed to appear twice. If a fault deleted only keys of single sessions, a
 * started event must report the loss.
 */
final class MemoryRule implements Rule {

    private final Facts facts;
    private final Findings findings;
    private final Set<String> remembered = new HashSet<>();

    MemoryRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onAgent(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.AgentEntered in) {
            RequestFacts request = facts.find(in.request());
            SessionFacts session = request == null ? null : facts.findSession(request.session());
            if (request != null && request.logged() != null && session != null) {
                List<RequestFacts> before =
                        session.completedBefore(request.logged().offset());
                List<String> ids = in.history().stream().map(this::requestOf).toList();
                check(
                        new ObservedMemory(request.session(), request.id(), "its agent received ", ids, line.where()),
                        before);
            }
        }
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        StoredSession memory = state.line();
        remembered.add(memory.session());
        SessionFacts session = facts.findSession(memory.session());
        List<RequestFacts> completed = session == null ? List.of() : session.completedBefore(Long.MAX_VALUE);
        List<RememberedTurn> answered =
                memory.turns().stream().filter(turn -> turn.text() != null).toList();
        List<String> ids = answered.stream().map(RememberedTurn::request).toList();
        check(new ObservedMemory(memory.session(), null, "memory holds ", ids, state.where()), completed);
        if (memory.turns().size() > facts.run().historyTurns()) {
            violated(memory.session(), "memory holds more turns than the limit", state.where());
        }
        if (!memory.turns().isEmpty() && memory.ttlMs() <= 0) {
            violated(memory.session(), "memory does not expire", state.where());
        }
        memory.turns().stream()
                .filter(turn -> turn.text() == null && facts.find(turn.request()) == null)
                .forEach(turn -> violated(
                        memory.session(),
                        "memory holds an entry that is not a turn: " + turn.request(),
                        state.where()));
        answered.forEach(turn -> checkAnswer(memory.session(), turn, state.where()));
    }

    @Override
    public void finish() {
        for (SessionFacts session : facts.sessions()) {
            List<RequestFacts> completed = session.completedBefore(Long.MAX_VALUE);
            if (!completed.isEmpty() && !remembered.contains(session.name())) {
                check(new ObservedMemory(session.name(), null, "memory holds ", List.of(), "memory.jsonl"), completed);
            }
        }
    }

    /** Memory of a session as found in Redis or as passed to an agent call. */
    private record ObservedMemory(
            String session, @Nullable String request, String holder, List<String> turns, String where) {}

    private void check(ObservedMemory held, List<RequestFacts> completed) {
        findings.checked(Invariant.I4);
        int bound = facts.run().historyTurns();
        List<String> expected = completed.subList(Math.max(0, completed.size() - bound), completed.size()).stream()
                .map(RequestFacts::id)
                .toList();
        if (held.turns().equals(expected)) {
            return;
        }
        List<String> all = completed.stream().map(RequestFacts::id).toList();
        Set<String> seen = new HashSet<>();
        int last = -1;
        for (String turn : held.turns()) {
            int at = all.indexOf(turn);
            if (!seen.add(turn)) {
                violated(held, turn + " twice");
            } else if (at < 0) {
                violated(held, turn + ", which is not an earlier completed turn of its session");
            } else if (at < last) {
                violated(held, turn + " out of order");
            }
            last = Math.max(last, at);
        }
        completed.subList(Math.max(0, completed.size() - bound), completed.size()).stream()
                .filter(request -> !seen.contains(request.id()) && !mayBeLost(request) && !isReported(request, held))
                .findFirst()
                .ifPresent(request -> violated(held, "all expected turns except " + request.id()));
    }

    private boolean mayBeLost(RequestFacts request) {
        RequestEnd end = Objects.requireNonNull(request.end());
        return facts.losses().mayHaveLostState(end.timestamp());
    }

    /**
     * Returns true if a later turn reported the loss of this turn from memory. Also returns true for memory in Redis if
     * no turn of the session has run since the loss, because no turn could report it.
     */
    private boolean isReported(RequestFacts lost, ObservedMemory held) {
        long forgotten =
                facts.losses().forgottenAt(Objects.requireNonNull(lost.end()).timestamp());
        SessionFacts session = facts.findSession(held.session());
        if (forgotten == Long.MAX_VALUE || session == null) {
            return false;
        }
        RequestFacts observer = facts.find(held.request());
        List<RequestFacts> later = session.requests().stream()
                .filter(request -> offset(request) > offset(lost))
                .filter(request -> observer == null || offset(request) <= offset(observer))
                .toList();
        return later.stream().anyMatch(RequestFacts::reportsLoss)
                || (observer == null && later.stream().noneMatch(request -> request.doneAt() > forgotten));
    }

    private static long offset(RequestFacts request) {
        return Objects.requireNonNull(request.logged()).offset();
    }

    private void checkAnswer(String session, RememberedTurn turn, String where) {
        RequestFacts request = facts.find(turn.request());
        if (request != null
                && request.end() != null
                && request.end().text() != null
                && !request.end().text().equals(turn.text())) {
            String what = "memory holds an answer that differs from the completed event";
            findings.violated(
                    Invariant.I4,
                    session,
                    turn.request(),
                    what,
                    where,
                    request.end().where());
        }
    }

    /**
     * Returns the id of the request with this canary. If the canary is unknown, returns the canary itself, which
     * matches no request id.
     */
    private String requestOf(String canary) {
        RequestFacts request = facts.findByCanary(canary);
        return request == null ? canary : request.id();
    }

    private void violated(ObservedMemory held, String what) {
        findings.violated(Invariant.I4, held.session(), held.request(), held.holder() + what, held.where());
    }

    private void violated(String session, String what, String where) {
        findings.violated(Invariant.I4, session, null, what, where);
    }
}
