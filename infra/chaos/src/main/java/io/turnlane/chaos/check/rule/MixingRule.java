package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.SessionState;
import io.turnlane.chaos.history.TopicRecord;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * I5: whatever is seen of a request carries its own mark and stands in its own session: in the topics, on clients'
 * streams, in polls, in front of the agent and in memory.
 */
final class MixingRule implements Rule {

    private record Subject(String session, @Nullable String request) {}

    private final Facts facts;
    private final Findings findings;
    private final Map<String, Subject> streams = new HashMap<>();

    MixingRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void turn(Located<TopicRecord> turn) {
        record(turn);
    }

    @Override
    public void event(Located<TopicRecord> event) {
        record(event);
    }

    private void record(Located<TopicRecord> located) {
        TopicRecord record = located.line();
        if (record.request() != null && record.key() != null) {
            hold(Facts.sessionOf(record.key()), record.request(), record.canary(), record.text(), located.where());
        }
    }

    @Override
    public void history(Located<Line> line) {
        switch (line.line()) {
            case Line.Accepted ok -> hold(ok.session(), ok.request(), ok.canary(), null, line.where());
            case Line.StreamOpened open ->
                streams.putIfAbsent(open.stream(), new Subject(open.session(), open.request()));
            case Line.Received event -> received(event, line.where());
            case Line.Polled poll -> hold(poll.session(), poll.request(), null, poll.text(), line.where());
            default -> {}
        }
    }

    private void received(Line.Received event, String where) {
        Subject subject = streams.get(event.stream());
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
    public void agent(Located<Line> line) {
        if (line.line() instanceof Line.AgentEntered in) {
            hold(in.session(), in.request(), in.canary(), null, line.where());
            in.history().forEach(mark -> ofSession(in.session(), in.request(), mark, line.where()));
        }
    }

    @Override
    public void memory(Located<SessionState> state) {
        SessionState memory = state.line();
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
            String foreign = Marks.foreign(text, own);
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
