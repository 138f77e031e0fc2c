package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import java.util.HashMap;
import java.util.Map;

/** I8: after the last heal all that was accepted ends in time; at the run's end no lag stays and nothing is open. */
final class SettledRule implements Rule {

    private final Facts facts;
    private final Findings findings;
    private final Map<Integer, Located<HistoryLine>> lastCommitted = new HashMap<>();

    SettledRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.OffsetRead committed) {
            lastCommitted.put(committed.partition(), line);
        }
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        for (String open : state.line().open()) {
            RequestFacts request = facts.find(open);
            if (request != null && request.end() != null) {
                violated(request, "has ended, and its session still counts it as open", state.where());
            }
        }
    }

    @Override
    public void finish() {
        if (lastCommitted.isEmpty()) {
            findings.note("nobody read the group's committed offsets: lag (I8) and frontier (I9) are not checked");
        }
        lastCommitted.values().forEach(this::withoutLag);
        long settle = (long) (facts.run().settleSeconds() * 1_000_000);
        facts.requests().forEach(request -> inTime(request, settle));
    }

    private void withoutLag(Located<HistoryLine> line) {
        findings.checked(Invariant.I8);
        if (line.line() instanceof HistoryLine.OffsetRead last && last.offset() != last.end()) {
            String what = "partition " + last.partition() + " is left at " + last.offset() + " of " + last.end();
            findings.violated(Invariant.I8, null, null, what, line.where());
        }
    }

    private void inTime(RequestFacts request, long settle) {
        if (request.accepted() == null || request.end() == null) {
            return; // without an end it is I1's
        }
        findings.checked(Invariant.I8);
        long from = Math.max(facts.losses().lastHeal(), request.accepted().time());
        long late = request.end().timestamp() - from - settle;
        if (late > 0) {
            String what = "ended " + late / 1_000 + " ms later than it had to after the last heal";
            violated(request, what, request.end().where());
        }
    }

    private void violated(RequestFacts request, String what, String where) {
        findings.violated(Invariant.I8, request.session(), request.id(), what, where);
    }
}
