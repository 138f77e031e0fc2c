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
 * I6: a poll that was sent after something was known tells that or something later. Known is what a poll told before it
 * was sent, and an end that any stream received. A turn that is given back waits again in the same attempt.
 */
final class StateRule implements Rule {

    private static final int ENDED = Integer.MAX_VALUE;

    private record StatusObservation(long time, String where) {}

    /** Of one request: by how far it was, when that was first known, and the last poll that was told so. */
    private static final class RequestObservations {
        private final TreeMap<Integer, StatusObservation> known = new TreeMap<>();
        private final TreeMap<Integer, StatusObservation> told = new TreeMap<>();
        private @Nullable String end;
    }

    private final Facts facts;
    private final Findings findings;
    private final Map<String, RequestObservations> sights = new HashMap<>();
    private long untimed;

    StateRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.EventReceived event
            when event.request() != null && RequestFacts.isTerminal(event.event()) ->
                known(sightsOf(event.request()), ENDED, new StatusObservation(event.time(), line.where()));
            case HistoryLine.StatusPolled poll when poll.status() != null -> polled(poll, poll.status(), line.where());
            default -> {}
        }
    }

    private void polled(HistoryLine.StatusPolled poll, String status, String where) {
        RequestObservations of = sightsOf(poll.request());
        int far = RequestFacts.isTerminal(status) ? ENDED : 2 * poll.attempt() + (status.equals("running") ? 0 : 1);
        if (far == ENDED) {
            oneEnd(poll, of, status, where);
        }
        known(of, far, new StatusObservation(poll.time(), where));
        if (poll.sent() == 0) {
            untimed++;
            return;
        }
        findings.checked(Invariant.I6);
        of.told.merge(far, new StatusObservation(poll.sent(), where), (a, b) -> a.time() >= b.time() ? a : b);
    }

    private void oneEnd(HistoryLine.StatusPolled poll, RequestObservations of, String status, String where) {
        RequestFacts request = facts.find(poll.request());
        String other = request != null && request.end() != null ? request.end().type() : of.end;
        if (other != null && !other.equals(status)) {
            violated(poll.session(), poll.request(), "is told to be " + status + ", and ended as " + other, where);
        }
        of.end = status;
    }

    private static void known(RequestObservations of, int far, StatusObservation sight) {
        of.known.merge(far, sight, (a, b) -> a.time() <= b.time() ? a : b);
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        for (RequestState stored : state.line().requests()) {
            RequestFacts request = facts.find(stored.request());
            if (request != null
                    && request.end() != null
                    && !request.end().type().equals(stored.status())
                    && !facts.losses().mayHaveLostState(request.end().timestamp())) {
                String what = "its record says " + stored.status() + ", its end was "
                        + request.end().type();
                violated(request.session(), request.id(), what, state.where());
            }
        }
    }

    @Override
    public void finish() {
        sights.forEach(this::hold);
        if (untimed > 0) {
            findings.note(untimed + " polls don't say when they were sent: I6 can't hold them against what was known");
        }
    }

    private void hold(String request, RequestObservations of) {
        for (Map.Entry<Integer, StatusObservation> known : of.known.entrySet()) {
            for (Map.Entry<Integer, StatusObservation> told :
                    of.told.headMap(known.getKey()).entrySet()) {
                if (told.getValue().time() > known.getValue().time()
                        && !facts.losses().mayHaveLostState(known.getValue().time())) {
                    RequestFacts whose = facts.find(request);
                    String session = whose == null ? null : whose.session();
                    String first = known.getValue().where();
                    violated(
                            session,
                            request,
                            "what clients are told went back",
                            first,
                            told.getValue().where());
                    return;
                }
            }
        }
    }

    private RequestObservations sightsOf(String request) {
        return sights.computeIfAbsent(request, _ -> new RequestObservations());
    }

    private void violated(@Nullable String session, String request, String what, String... evidence) {
        findings.violated(Invariant.I6, session, request, what, evidence);
    }
}
