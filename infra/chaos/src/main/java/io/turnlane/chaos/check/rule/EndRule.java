package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks I1 and O5: each accepted request has one end. The events topic is allowed to contain the same end more than
 * once, but not two different ends.
 */
final class EndRule implements Rule {

    private final Facts facts;
    private final Findings findings;

    EndRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onEvent(Located<TopicRecord> event) {
        TopicRecord record = event.line();
        RequestFacts request = facts.find(record.request());
        if (request == null || !HistoryLine.isTerminal(record.type()) || request.end() == null) {
            return;
        }
        RequestEnd first = request.end();
        if (!first.type().equals(record.type()) || differ(first.text(), record.text())) {
            violated(Invariant.I1, request, "has two different ends", first.where(), event.where());
        } else if (first.attempt() != record.attempt() && !facts.losses().mayHaveLostState(first.timestamp())) {
            violated(Invariant.O5, request, "was ended by two attempts", first.where(), event.where());
        }
    }

    @Override
    public void finish() {
        facts.requests().forEach(this::check);
    }

    private void check(RequestFacts request) {
        findings.checked(Invariant.I1);
        if (request.logged() == null) {
            if (request.accepted() != null) {
                String where = request.accepted().where();
                violated(Invariant.I1, request, "was accepted, but its question is not in the log", where);
            } else if (request.end() != null) {
                violated(
                        Invariant.I1,
                        request,
                        "has an end, but its question is not in the log",
                        request.end().where());
            }
        } else if (request.end() == null && (request.accepted() != null || !request.quarantined())) {
            String how = request.accepted() == null ? "is in the log, but has no end" : "was accepted, but has no end";
            violated(Invariant.I1, request, how, request.logged().where());
        }
    }

    private void violated(Invariant invariant, RequestFacts request, String what, String... evidence) {
        findings.violated(invariant, request.session(), request.id(), what, evidence);
    }

    private static boolean differ(@Nullable String one, @Nullable String other) {
        return one != null && other != null && !one.equals(other);
    }
}
