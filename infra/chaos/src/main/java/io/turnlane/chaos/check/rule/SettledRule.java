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

/**
 * Checks I8: all accepted requests end within the run's time limit after the last fault was healed. At the end of the
 * run, the processors have no lag, and Redis lists no ended request as open.
 */
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
                violated(request, "has ended, but its session still counts it as open", state.where());
            }
        }
    }

    @Override
    public void finish() {
        if (lastCommitted.isEmpty()) {
            findings.note("lag (I8) and committed offsets (I9), because the history has no committed offsets");
        }
        lastCommitted.values().forEach(this::checkLag);
        long settleMicros = (long) (facts.run().settleSeconds() * 1_000_000);
        facts.requests().forEach(request -> checkTime(request, settleMicros));
    }

    private void checkLag(Located<HistoryLine> line) {
        findings.checked(Invariant.I8);
        if (line.line() instanceof HistoryLine.OffsetRead last && last.offset() != last.end()) {
            String what =
                    "partition " + last.partition() + " has lag: committed " + last.offset() + " of " + last.end();
            findings.violated(Invariant.I8, null, null, what, line.where());
        }
    }

    private void checkTime(RequestFacts request, long settleMicros) {
        if (request.accepted() == null || request.end() == null) {
            return; // I1 covers requests without an end
        }
        findings.checked(Invariant.I8);
        long from = Math.max(facts.losses().lastHeal(), request.accepted().time());
        long late = request.end().timestamp() - from - settleMicros;
        if (late > 0) {
            String what = "ended " + late / 1_000 + " ms after its time limit";
            violated(request, what, request.end().where());
        }
    }

    private void violated(RequestFacts request, String what, String where) {
        findings.violated(Invariant.I8, request.session(), request.id(), what, where);
    }
}
