package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.HistoryLine.StreamEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Follows turns through server-sent events until they end. If a stream breaks, continues at the next gateway from the
 * last cursor. Any thread may call it.
 */
final class StreamFollower {

    private static final Duration RETRY_DELAY = Duration.ofMillis(100);

    private final GatewayApi gateways;
    private final HistoryRecorder history;
    private final AcceptedTurns acceptedTurns;
    private final AtomicLong streams = new AtomicLong();

    StreamFollower(GatewayApi gateways, HistoryRecorder history, AcceptedTurns ledger) {
        this.gateways = gateways;
        this.history = history;
        this.acceptedTurns = ledger;
    }

    /** Turns that a stream follows. */
    private record FollowedTurns(
            String client, String session, @Nullable String request, Collection<LoadTurn> turns) {

        String path() {
            return "/v1/sessions/" + session + (request == null ? "" : "/requests/" + request) + "/events";
        }

        boolean ended() {
            return turns.stream().allMatch(LoadTurn::ended);
        }
    }

    /** State of one stream across all its connections. Belongs to one thread. */
    private static final class FollowedStream {
        final String name;
        int connection;

        @Nullable
        String cursor;

        private @Nullable Long cutAt;

        FollowedStream(String name, @Nullable String cursor) {
            this.name = name;
            this.cursor = cursor;
        }

        /** Records that the gateway broke the stream. */
        void cut(long at) {
            if (cutAt == null) {
                cutAt = at;
            }
        }

        /** Records that a gateway serves the stream again; returns the time of the break, if there was one. */
        Optional<Long> resumed() {
            Optional<Long> cut = Optional.ofNullable(cutAt);
            cutAt = null;
            return cut;
        }
    }

    /** Follows one request from its beginning until it ends; returns the last cursor. */
    Optional<String> follow(String client, int gateway, LoadTurn turn, BooleanSupplier keepTrying)
            throws InterruptedException {
        return follow(
                new FollowedTurns(client, turn.session(), turn.request(), Set.of(turn)), gateway, null, keepTrying);
    }

    /** Follows a session from a cursor until the turns have ended; returns the last cursor. */
    Optional<String> followSession(
            String client,
            int gateway,
            String session,
            String after,
            Collection<LoadTurn> turns,
            BooleanSupplier keepTrying)
            throws InterruptedException {
        return follow(new FollowedTurns(client, session, null, turns), gateway, after, keepTrying);
    }

    private Optional<String> follow(
            FollowedTurns subject, int gateway, @Nullable String after, BooleanSupplier keepTrying)
            throws InterruptedException {
        FollowedStream stream = new FollowedStream("stream-" + streams.incrementAndGet(), after);
        while (true) {
            stream.connection++;
            if (connect(subject, (gateway + stream.connection) % gateways.count(), stream)
                    || subject.ended()
                    || !keepTrying.getAsBoolean()) {
                return Optional.ofNullable(stream.cursor);
            }
            Thread.sleep(RETRY_DELAY);
        }
    }

    /** Opens one connection; returns true if no further events are expected. */
    private boolean connect(FollowedTurns subject, int gateway, FollowedStream stream) throws InterruptedException {
        history.write(new HistoryLine.StreamOpened(
                history.now(),
                subject.client(),
                stream.name,
                stream.connection,
                subject.session(),
                subject.request(),
                stream.cursor));
        StreamEnd end = StreamEnd.CUT;
        try {
            HttpResponse<InputStream> response = gateways.stream(gateway, subject.path(), stream.cursor);
            try (EventReader reader = new EventReader(response.body())) {
                end = readAll(subject, stream, response.statusCode(), reader);
            } finally {
                gateways.streamEnded(gateway);
            }
        } catch (IOException _) {
            stream.cut(history.now());
        }
        history.write(new HistoryLine.StreamEnded(
                history.now(), subject.client(), stream.name, stream.connection, subject.session(), end));
        return end == StreamEnd.TERMINAL;
    }

    private StreamEnd readAll(FollowedTurns subject, FollowedStream stream, int http, EventReader reader)
            throws IOException {
        if (http != 200 && http != 204) {
            return StreamEnd.ERROR;
        }
        stream.resumed()
                .ifPresent(cutAt -> history.write(new HistoryLine.StreamResumed(
                        history.now(), subject.client(), stream.name, stream.connection, subject.session(), cutAt)));
        if (http == 204 || read(subject, stream, reader)) {
            return StreamEnd.TERMINAL;
        }
        return StreamEnd.CUT;
    }

    /** Reads until the connection ends or all turns have ended; returns true if all turns have ended. */
    private boolean read(FollowedTurns subject, FollowedStream stream, EventReader reader) throws IOException {
        Optional<EventReader.ServerSentEvent> next = reader.next();
        while (next.isPresent()) {
            EventReader.ServerSentEvent event = next.get();
            if (event.cursor() != null) {
                stream.cursor = event.cursor();
            }
            if (!event.type().equals("cursor")) {
                note(subject, stream, event);
            }
            if (subject.ended()) {
                return true;
            }
            next = reader.next();
        }
        return false;
    }

    private void note(FollowedTurns subject, FollowedStream stream, EventReader.ServerSentEvent event) {
        JsonNode data = event.data();
        String request = data.path("request_id").asString(subject.request());
        String text = text(event);
        history.write(new HistoryLine.EventReceived(
                history.now(),
                subject.client(),
                stream.name,
                stream.connection,
                data.path("session_id").asString(subject.session()),
                request,
                event.type(),
                event.cursor(),
                number(data, "attempt"),
                number(data, "seq"),
                number(data, "pos"),
                text,
                Canary.in(text)));
        LoadTurn turn = request == null ? null : acceptedTurns.find(request);
        if (turn != null && HistoryLine.isTerminal(event.type())) {
            turn.ended(event.type());
        }
    }

    private static @Nullable String text(EventReader.ServerSentEvent event) {
        return switch (event.type()) {
            case "delta" -> event.data().path("text").asString(null);
            case "completed" -> event.data().path("answer").path("text").asString(null);
            default -> null;
        };
    }

    private static @Nullable Integer number(JsonNode data, String name) {
        return data.path(name).isNumber() ? data.path(name).asInt() : null;
    }
}
