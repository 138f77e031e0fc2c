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
 * Checks I5: all data of a request contains only the canary (unique word) of its own question and appears only in its
 * own session. This applies to topics, streams, polls, agent calls and memory.
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
            check(Facts.sessionOf(record.key()), record.request(), record.canary(), record.text(), located.where());
        }
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.QuestionAccepted ok -> check(ok.session(), ok.request(), ok.canary(), null, line.where());
            case HistoryLine.StreamOpened open ->
                streams.putIfAbsent(open.stream(), new StreamSubject(open.session(), open.request()));
            case HistoryLine.EventReceived event -> received(event, line.where());
            case HistoryLine.StatusPolled poll ->
                check(poll.session(), poll.request(), null, poll.text(), line.where());
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
            violated(
                    event.session(),
                    event.request(),
                    "was received on a stream of session " + subject.session() + ", request " + subject.request(),
                    where);
        }
        if (event.request() != null) {
            check(event.session(), event.request(), event.canary(), event.text(), where);
        }
    }

    @Override
    public void onAgent(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.AgentEntered in) {
            check(in.session(), in.request(), in.canary(), null, line.where());
            in.history().forEach(canary -> checkSession(in.session(), in.request(), canary, line.where()));
        }
    }

    @Override
    public void onMemory(Located<StoredSession> state) {
        StoredSession memory = state.line();
        memory.turns()
                .forEach(turn -> check(memory.session(), turn.request(), turn.canary(), turn.text(), state.where()));
    }

    private void check(String session, String id, @Nullable String canary, @Nullable String text, String where) {
        findings.checked(Invariant.I5);
        RequestFacts request = facts.find(id);
        if (request == null) {
            return;
        }
        if (!request.session().equals(session)) {
            violated(session, id, "belongs to session " + request.session(), where);
        }
        String own = request.canary();
        if (own == null) {
            return;
        }
        if (canary != null && !canary.equals(own)) {
            violated(session, id, "carries canary " + canary + " instead of " + own, where);
        } else if (text != null) {
            String foreign = CanaryCheck.foreign(text, own);
            if (foreign != null) {
                violated(session, id, "its text contains canary " + foreign + " instead of " + own, where);
            }
        }
    }

    private void checkSession(String session, String request, String canary, String where) {
        RequestFacts owner = facts.findByCanary(canary);
        if (owner != null && !owner.session().equals(session)) {
            violated(session, request, "its agent received canary " + canary + " of session " + owner.session(), where);
        }
    }

    private void violated(String session, @Nullable String request, String what, String where) {
        findings.violated(Invariant.I5, session, request, what, where);
    }
}
