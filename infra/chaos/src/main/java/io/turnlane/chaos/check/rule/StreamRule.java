package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.Line.Received;
import io.turnlane.chaos.history.Line.StreamOpened;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * O10: what a client sees through all connections of a stream. A connection without a cursor begins anew; a {@code gap}
 * says that something is missing, and text is then withheld until an attempt begins. A hole that the topic itself has
 * is I3's.
 */
final class StreamRule implements Rule {

    private static final class Stream {
        private final StreamOpened first;
        private final String where;
        private final Map<String, Heard> heard = new HashMap<>();
        private final Set<String> ended = new HashSet<>();
        private boolean cut;

        Stream(StreamOpened first, String where) {
            this.first = first;
            this.where = where;
        }

        void anew() {
            heard.clear();
            ended.clear();
        }
    }

    private final Facts facts;
    private final Findings findings;
    private final Map<String, Stream> streams = new HashMap<>();
    /** Requests whose ends polls have told: nobody need wait for them on a stream. */
    private final Set<String> polledEnds = new HashSet<>();

    StreamRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void history(Located<Line> line) {
        switch (line.line()) {
            case StreamOpened open -> opened(open, line.where());
            case Line.StreamEnded end -> streamOf(end.stream()).cut = end.ended() != Line.StreamEnd.TERMINAL;
            case Received event -> received(streamOf(event.stream()), event, line.where());
            case Line.Polled poll when RequestFacts.ends(poll.status()) -> polledEnds.add(poll.request());
            default -> {}
        }
    }

    private void opened(StreamOpened open, String where) {
        Stream stream = streams.computeIfAbsent(open.stream(), _ -> new Stream(open, where));
        stream.cut = true;
        if (open.after() == null) {
            stream.anew();
        }
    }

    private Stream streamOf(String name) {
        Stream stream = streams.get(name);
        if (stream == null) {
            throw new IllegalArgumentException("stream " + name + " was never opened");
        }
        return stream;
    }

    private void received(Stream stream, Received event, String where) {
        findings.checked(Invariant.O10);
        String request = event.request();
        if (event.event().equals("gap")) {
            stream.heard.values().forEach(Heard::gap);
        } else if (request != null && stream.ended.contains(request)) {
            violated(event, RequestFacts.ends(event.event()) ? "a second end" : "an event after the end", where);
        } else if (request != null && RequestFacts.ends(event.event())) {
            stream.ended.add(request);
            Heard heard = stream.heard.remove(request);
            ended(heard == null ? new Heard(facts.find(request)) : heard, event, where);
        } else if (request != null) {
            Heard heard = stream.heard.computeIfAbsent(request, id -> new Heard(facts.find(id)));
            String wrong = heard.next(event);
            if (wrong != null) {
                violated(event, wrong, where);
            }
        }
    }

    private void ended(Heard heard, Received event, String where) {
        RequestFacts request = facts.find(event.request());
        if (request != null && request.end() != null && !request.end().type().equals(event.event())) {
            violated(
                    event,
                    "was told " + event.event() + ", and it ended as "
                            + request.end().type(),
                    where);
        }
        String wrong = heard.end(event);
        if (wrong != null) {
            violated(event, wrong, where);
        }
    }

    @Override
    public void finish() {
        streams.values().forEach(this::hasItsEnd);
    }

    private void hasItsEnd(Stream stream) {
        String request = stream.first.request();
        RequestFacts known = facts.find(request);
        if (request != null
                && known != null
                && known.end() != null
                && !stream.ended.contains(request)
                && !polledEnds.contains(request)) {
            String what = "stream " + stream.first.stream() + " never had the end of its request"
                    + (stream.cut ? ", and was cut" : ", and was told that it is over");
            findings.violated(
                    Invariant.O10,
                    known.session(),
                    request,
                    what,
                    stream.where,
                    known.end().where());
        }
    }

    private void violated(Received event, String what, String where) {
        findings.violated(
                Invariant.O10,
                event.session(),
                event.request(),
                "stream " + event.stream() + ": " + what,
                evidence(event.request(), where));
    }

    private String[] evidence(@Nullable String request, String where) {
        RequestFacts known = facts.find(request);
        return known == null || known.end() == null
                ? new String[] {where}
                : new String[] {where, known.end().where()};
    }
}
