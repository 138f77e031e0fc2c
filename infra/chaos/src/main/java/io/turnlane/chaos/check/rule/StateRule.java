package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.SessionState;
import io.turnlane.chaos.history.SessionState.RequestState;
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

    private record Sight(long time, String where) {}

    /** Of one request: by how far it was, when that was first known, and the last poll that was told so. */
    private static final class Sights {
        private final TreeMap<Integer, Sight> known = new TreeMap<>();
        private final TreeMap<Integer, Sight> told = new TreeMap<>();
        private @Nullable String end;
    }

    private final Facts facts;
    private final Findings findings;
    private final Map<String, Sights> sights = new HashMap<>();
    private long untimed;

    StateRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void history(Located<Line> line) {
        switch (line.line()) {
            case Line.Received event
            when event.request() != null && RequestFacts.ends(event.event()) ->
                known(sightsOf(event.request()), ENDED, new Sight(event.time(), line.where()));
            case Line.Polled poll when poll.status() != null -> polled(poll, poll.status(), line.where());
            default -> {}
        }
    }

    private void polled(Line.Polled poll, String status, String where) {
        Sights of = sightsOf(poll.request());
        int far = RequestFacts.ends(status) ? ENDED : 2 * poll.attempt() + (status.equals("running") ? 0 : 1);
        if (far == ENDED) {
            oneEnd(poll, of, status, where);
        }
        known(of, far, new Sight(poll.time(), where));
        if (poll.sent() == 0) {
            untimed++;
            return;
        }
        findings.checked(Invariant.I6);
        of.told.merge(far, new Sight(poll.sent(), where), (a, b) -> a.time() >= b.time() ? a : b);
    }

    private void oneEnd(Line.Polled poll, Sights of, String status, String where) {
        RequestFacts request = facts.find(poll.request());
        String other = request != null && request.end() != null ? request.end().type() : of.end;
        if (other != null && !other.equals(status)) {
            violated(poll.session(), poll.request(), "is told to be " + status + ", and ended as " + other, where);
        }
        of.end = status;
    }

    private static void known(Sights of, int far, Sight sight) {
        of.known.merge(far, sight, (a, b) -> a.time() <= b.time() ? a : b);
    }

    @Override
    public void memory(Located<SessionState> state) {
        for (RequestState stored : state.line().requests()) {
            RequestFacts request = facts.find(stored.request());
            if (request != null
                    && request.end() != null
                    && !request.end().type().equals(stored.status())
                    && !facts.losses().mayHaveTaken(request.end().timestamp())) {
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

    private void hold(String request, Sights of) {
        for (Map.Entry<Integer, Sight> known : of.known.entrySet()) {
            for (Map.Entry<Integer, Sight> told :
                    of.told.headMap(known.getKey()).entrySet()) {
                if (told.getValue().time() > known.getValue().time()
                        && !facts.losses().mayHaveTaken(known.getValue().time())) {
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

    private Sights sightsOf(String request) {
        return sights.computeIfAbsent(request, _ -> new Sights());
    }

    private void violated(@Nullable String session, String request, String what, String... evidence) {
        findings.violated(Invariant.I6, session, request, what, evidence);
    }
}
