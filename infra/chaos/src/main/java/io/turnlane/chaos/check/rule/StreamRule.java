package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.HistoryLine.EventReceived;
import io.turnlane.chaos.history.HistoryLine.StreamOpened;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks O10: the events that a client receives through all connections of a stream. A connection without a cursor
 * starts from the beginning. A {@code gap} event announces missing events. After a {@code gap} event, the client must
 * receive no text until an attempt begins. Events that are missing in the topic itself are not violations of O10; I3
 * covers them.
 */
final class StreamRule implements Rule {

    private static final class ObservedStream {
        private final StreamOpened first;
        private final String where;
        private final Map<String, StreamedRequest> delivered = new HashMap<>();
        private final Set<String> ended = new HashSet<>();
        private boolean broken;

        ObservedStream(StreamOpened first, String where) {
            this.first = first;
            this.where = where;
        }

        void startOver() {
            delivered.clear();
            ended.clear();
        }
    }

    private final Facts facts;
    private final Findings findings;
    private final Map<String, ObservedStream> streams = new HashMap<>();
    /**
     * Requests whose end a poll has returned. Their clients stop following the stream, so the stream need not deliver
     * the end.
     */
    private final Set<String> polledEnds = new HashSet<>();

    StreamRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case StreamOpened open -> opened(open, line.where());
            case HistoryLine.StreamEnded end ->
                streamOf(end.stream()).broken = end.ended() != HistoryLine.StreamEnd.TERMINAL;
            case EventReceived event -> received(streamOf(event.stream()), event, line.where());
            case HistoryLine.StatusPolled poll
            when HistoryLine.isTerminal(poll.status()) -> polledEnds.add(poll.request());
            default -> {}
        }
    }

    private void opened(StreamOpened open, String where) {
        ObservedStream stream = streams.computeIfAbsent(open.stream(), _ -> new ObservedStream(open, where));
        stream.broken = true;
        if (open.after() == null) {
            stream.startOver();
        }
    }

    private ObservedStream streamOf(String name) {
        ObservedStream stream = streams.get(name);
        if (stream == null) {
            throw new IllegalArgumentException("stream " + name + " has events but was never opened");
        }
        return stream;
    }

    private void received(ObservedStream stream, EventReceived event, String where) {
        findings.checked(Invariant.O10);
        String request = event.request();
        if (event.event().equals("gap")) {
            stream.delivered.values().forEach(StreamedRequest::gap);
        } else if (request != null && stream.ended.contains(request)) {
            violated(event, HistoryLine.isTerminal(event.event()) ? "a second end" : "an event after the end", where);
        } else if (request != null && HistoryLine.isTerminal(event.event())) {
            stream.ended.add(request);
            StreamedRequest delivered = stream.delivered.remove(request);
            ended(delivered == null ? new StreamedRequest(facts.find(request)) : delivered, event, where);
        } else if (request != null) {
            StreamedRequest delivered =
                    stream.delivered.computeIfAbsent(request, id -> new StreamedRequest(facts.find(id)));
            String violation = delivered.checkEvent(event);
            if (violation != null) {
                violated(event, violation, where);
            }
        }
    }

    private void ended(StreamedRequest delivered, EventReceived event, String where) {
        RequestFacts request = facts.find(event.request());
        if (request != null && request.end() != null && !request.end().type().equals(event.event())) {
            violated(
                    event,
                    "delivered " + event.event() + ", but the request ended as "
                            + request.end().type(),
                    where);
        }
        String violation = delivered.checkEnd(event);
        if (violation != null) {
            violated(event, violation, where);
        }
    }

    @Override
    public void finish() {
        streams.values().forEach(this::checkEnd);
    }

    private void checkEnd(ObservedStream stream) {
        String request = stream.first.request();
        RequestFacts known = facts.find(request);
        if (request != null
                && known != null
                && known.end() != null
                && !stream.ended.contains(request)
                && !polledEnds.contains(request)) {
            String what = "stream " + stream.first.stream() + " never delivered the end of its request"
                    + (stream.broken ? ", and its last connection broke" : ", although it ended normally");
            findings.violated(
                    Invariant.O10,
                    known.session(),
                    request,
                    what,
                    stream.where,
                    known.end().where());
        }
    }

    private void violated(EventReceived event, String what, String where) {
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
