package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.TopicRecord;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * I5: whatever is seen of a request carries its own mark and stands in its own session: in the topics, on clients'
 * streams, in polls, in front of the agent and in memory.
 */
final class MixingRule implements Rule {

    private record StreamSubject(String session, @Nullable String request) {}

    private final Facts facts;
    private final Findings findings;
    private final Map<String, StreamSubject> streams = new HashMap<>();

    MixingRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onTurn(Located<TopicRecord> turn) {
        record(turn);
    }

    @Override
    public void onEvent(Located<TopicRecord> event) {
        record(event);
    }

    private void record(Located<TopicRecord> located) {
        TopicRecord record = located.line();
        if (record.request() != null && record.key() != null) {
            hold(Facts.sessionOf(record.key()), record.request(), record.canary(), record.text(), located.where());
        }
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.QuestionAccepted ok -> hold(ok.session(), ok.request(), ok.canary(), null, line.where());
            case HistoryLine.StreamOpened open ->
                streams.putIfAbsent(open.stream(), new StreamSubject(open.session(), open.request()));
            case HistoryLine.EventReceived event -> received(event, line.where());
            case HistoryLine.StatusPolled poll -> hold(poll.session(), poll.request(), null, poll.text(), line.where());
            default -> {}
        }
    }

    private void received(HistoryLine.EventReceived event, String where) {
        StreamSubject subject = streams.get(event.stream());
        if (subject != null
                && (!subject.session().equals(event.session())
                        || (subject.request() != null
                                && event.request() != null
                                && !subject.request().equals(event.request())))) {
            violated(event.session(), event.request(), "came on a stream of " + subject, where);
        }
        if (event.request() != null) {
            hold(event.session(), event.request(), event.canary(), event.text(), where);
        }
    }

    @Override
    public void onAgent(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.AgentEntered in) {
            hold(in.session(), in.request(), in.canary(), null, line.where());
            in.history().forEach(mark -> ofSession(in.session(), in.request(), mark, line.where()));
        }
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        StoredSession memory = state.line();
        memory.turns()
                .forEach(turn -> hold(memory.session(), turn.request(), turn.canary(), turn.text(), state.where()));
    }

    private void hold(String session, String id, @Nullable String canary, @Nullable String text, String where) {
        findings.checked(Invariant.I5);
        RequestFacts request = facts.find(id);
        if (request == null) {
            return;
        }
        if (!request.session().equals(session)) {
            violated(session, id, "it belongs to session " + request.session(), where);
        }
        String own = request.canary();
        if (own == null) {
            return;
        }
        if (canary != null && !canary.equals(own)) {
            violated(session, id, "it carries " + canary + " for " + own, where);
        } else if (text != null) {
            String foreign = CanaryCheck.foreign(text, own);
            if (foreign != null) {
                violated(session, id, "its text says " + foreign + " for " + own, where);
            }
        }
    }

    private void ofSession(String session, String request, String mark, String where) {
        RequestFacts owner = facts.findByCanary(mark);
        if (owner != null && !owner.session().equals(session)) {
            violated(session, request, "its agent was handed " + mark + " of session " + owner.session(), where);
        }
    }

    private void violated(String session, @Nullable String request, String what, String where) {
        findings.violated(Invariant.I5, session, request, what, where);
    }
}
