package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RequestState;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks I6: polls never go back to an earlier status. When a poll has returned a status, or a stream has delivered the
 * end, every later poll returns this status or a later one. Turns whose status a fault possibly removed from Redis are
 * excepted. Within one attempt, waiting counts as later than running, because a running turn can return to the queue.
 */
final class StateRule implements Rule {

    private static final int END_RANK = Integer.MAX_VALUE;

    private record StatusObservation(long time, String where) {}

    /**
     * Statuses of one request that clients observed, by rank. Later statuses have higher ranks. {@code known} contains
     * the first observation of each status, {@code lastReturned} the send time of the last poll that returned it.
     */
    private static final class RequestObservations {
        private final TreeMap<Integer, StatusObservation> known = new TreeMap<>();
        private final TreeMap<Integer, StatusObservation> lastReturned = new TreeMap<>();
        private @Nullable String end;
    }

    private final Facts facts;
    private final Findings findings;
    private final Map<String, RequestObservations> observations = new HashMap<>();
    private long pollsWithoutTime;

    StateRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.EventReceived event
            when event.request() != null && HistoryLine.isTerminal(event.event()) ->
                known(observationsOf(event.request()), END_RANK, new StatusObservation(event.time(), line.where()));
            case HistoryLine.StatusPolled poll when poll.status() != null -> polled(poll, poll.status(), line.where());
            default -> {}
        }
    }

    private void polled(HistoryLine.StatusPolled poll, String status, String where) {
        RequestObservations of = observationsOf(poll.request());
        int rank = HistoryLine.isTerminal(status) ? END_RANK : 2 * poll.attempt() + (status.equals("running") ? 0 : 1);
        if (rank == END_RANK) {
            checkOneEnd(poll, of, status, where);
        }
        known(of, rank, new StatusObservation(poll.time(), where));
        if (poll.sent() == 0) {
            pollsWithoutTime++;
            return;
        }
        findings.checked(Invariant.I6);
        of.lastReturned.merge(rank, new StatusObservation(poll.sent(), where), (a, b) -> a.time() >= b.time() ? a : b);
    }

    private void checkOneEnd(HistoryLine.StatusPolled poll, RequestObservations of, String status, String where) {
        RequestFacts request = facts.find(poll.request());
        String other = request != null && request.end() != null ? request.end().type() : of.end;
        if (other != null && !other.equals(status)) {
            violated(
                    poll.session(),
                    poll.request(),
                    "has status " + status + " in a poll, but ended as " + other,
                    where);
        }
        of.end = status;
    }

    private static void known(RequestObservations of, int rank, StatusObservation observation) {
        of.known.merge(rank, observation, (a, b) -> a.time() <= b.time() ? a : b);
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        for (RequestState stored : state.line().requests()) {
            RequestFacts request = facts.find(stored.request());
            if (request != null
                    && request.end() != null
                    && !request.end().type().equals(stored.status())
                    && !facts.losses().mayHaveLostState(request.end().timestamp())) {
                String what = "its record has status " + stored.status() + ", but its end was "
                        + request.end().type();
                violated(request.session(), request.id(), what, state.where());
            }
        }
    }

    @Override
    public void finish() {
        observations.forEach(this::check);
        if (pollsWithoutTime > 0) {
            findings.note(pollsWithoutTime + " polls without a send time (I6)");
        }
    }

    private void check(String request, RequestObservations of) {
        for (Map.Entry<Integer, StatusObservation> known : of.known.entrySet()) {
            for (Map.Entry<Integer, StatusObservation> returned :
                    of.lastReturned.headMap(known.getKey()).entrySet()) {
                if (returned.getValue().time() > known.getValue().time()
                        && !facts.losses().mayHaveLostState(known.getValue().time())) {
                    RequestFacts asked = facts.find(request);
                    String session = asked == null ? null : asked.session();
                    String first = known.getValue().where();
                    violated(
                            session,
                            request,
                            "a later poll returned an earlier status",
                            first,
                            returned.getValue().where());
                    return;
                }
            }
        }
    }

    private RequestObservations observationsOf(String request) {
        return observations.computeIfAbsent(request, _ -> new RequestObservations());
    }

    private void violated(@Nullable String session, String request, String what, String... evidence) {
        findings.violated(Invariant.I6, session, request, what, evidence);
    }
}
