package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.HistoryLine.CancelAccepted;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks O11: a request whose cancel a gateway accepted with 202 ends as cancelled, and no agent call of the request
 * begins afterwards. This applies even if Redis loses all data.
 */
final class CancelRule implements Rule {

    /**
     * Time after the acceptance of a cancel in which an agent call can still start, if its turn began before the
     * cancel.
     */
    private static final long CALL_MICROS = 1_000_000;

    private final Facts facts;
    private final Findings findings;
    private final Map<String, Located<HistoryLine>> cancels = new HashMap<>();

    CancelRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        if (line.line() instanceof CancelAccepted cancel) {
            findings.checked(Invariant.O11);
            cancels.putIfAbsent(cancel.request(), line);
        }
    }

    @Override
    public void onAgent(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.AgentEntered in) {
            Located<HistoryLine> cancel = cancels.get(in.request());
            if (cancel != null && in.time() > cancel.line().time() + CALL_MICROS) {
                String what = "was passed to the agent after its cancel was accepted";
                findings.violated(Invariant.O11, in.session(), in.request(), what, cancel.where(), line.where());
            }
        }
    }

    @Override
    public void finish() {
        cancels.forEach((id, cancel) -> {
            RequestFacts request = facts.find(id);
            if (request != null
                    && request.end() != null
                    && !request.end().type().equals("cancelled")) {
                String what = "ended as " + request.end().type() + ", although its cancel was accepted";
                findings.violated(
                        Invariant.O11,
                        request.session(),
                        id,
                        what,
                        cancel.where(),
                        request.end().where());
            }
        });
    }
}
