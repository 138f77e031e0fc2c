package io.turnlane.chaos.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Follows turns by SSE until their ends; a stream that breaks goes on at the next gateway from its last cursor. Any
 * thread may call it.
 */
final class Follower {

    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");
    private static final Pattern CANARY = Pattern.compile("c-[A-Za-z0-9._-]+");

    private final Gateways gateways;
    private final History history;
    private final Ledger ledger;
    private final AtomicLong streams = new AtomicLong();

    Follower(Gateways gateways, History history, Ledger ledger) {
        this.gateways = gateways;
        this.history = history;
        this.ledger = ledger;
    }

    /** What a stream is about. */
    private record Subject(
            String client, String session, @Nullable String request, Collection<Turn> turns) {

        String path() {
            return "/v1/sessions/" + session + (request == null ? "" : "/requests/" + request) + "/events";
        }

        boolean ended() {
            return turns.stream().allMatch(Turn::ended);
        }
    }

    /** The place of one stream through all its connections. */
    private static final class Stream {
        final long number;
        int connection;

        @Nullable
        String cursor;

        Stream(long number, @Nullable String cursor) {
            this.number = number;
            this.cursor = cursor;
        }
    }

    /** Follows one request from its beginning; its last cursor. */
    Optional<String> follow(String client, int gateway, Turn turn, BooleanSupplier goOn) throws InterruptedException {
        return follow(new Subject(client, turn.session(), turn.request(), Set.of(turn)), gateway, null, goOn);
    }

    /** Follows a session from a cursor of it until these turns have ended; the last cursor. */
    Optional<String> followSession(
            String client, int gateway, String session, String after, Collection<Turn> turns, BooleanSupplier goOn)
            throws InterruptedException {
        return follow(new Subject(client, session, null, turns), gateway, after, goOn);
    }

    private Optional<String> follow(Subject subject, int gateway, @Nullable String after, BooleanSupplier goOn)
            throws InterruptedException {
        Stream stream = new Stream(streams.incrementAndGet(), after);
        while (true) {
            stream.connection++;
            if (connect(subject, (gateway + stream.connection) % gateways.count(), stream)
                    || subject.ended()
                    || !goOn.getAsBoolean()) {
                return Optional.ofNullable(stream.cursor);
            }
            Thread.sleep(BETWEEN);
        }
    }

    /** One connection; whether the gateway said that there is no more to come. */
    private boolean connect(Subject subject, int gateway, Stream stream) throws InterruptedException {
        Fields begun = stream(subject, stream).and("after", stream.cursor).and("gateway", gateway + 1);
        history.write(subject.client(), "invoke", "stream", begun.map());
        try {
            HttpResponse<InputStream> response = gateways.stream(gateway, subject.path(), stream.cursor);
            try (EventReader reader = new EventReader(response.body())) {
                boolean over =
                        response.statusCode() == 204 || (response.statusCode() == 200 && read(subject, stream, reader));
                ended(subject, stream, response.statusCode(), over);
                return over;
            } finally {
                gateways.streamEnded(gateway);
            }
        } catch (IOException e) {
            history.write(
                    subject.client(),
                    "info",
                    "stream",
                    stream(subject, stream).and("ended", "cut").map());
            return false;
        }
    }

    private void ended(Subject subject, Stream stream, int http, boolean over) {
        String how = over ? "terminal" : http == 200 ? "cut" : "error";
        history.write(
                subject.client(),
                over ? "ok" : "info",
                "stream",
                stream(subject, stream).and("ended", how).and("http", http).map());
    }

    private static Fields stream(Subject subject, Stream stream) {
        return Fields.of("stream", stream.number)
                .and("connection", stream.connection)
                .and("session", subject.session())
                .and("request", subject.request());
    }

    /** Reads to the end of the connection, or of what is to be seen; true where all has ended. */
    private boolean read(Subject subject, Stream stream, EventReader reader) throws IOException {
        Optional<EventReader.Event> next = reader.next();
        while (next.isPresent()) {
            EventReader.Event event = next.get();
            if (event.cursor() != null) {
                stream.cursor = event.cursor();
            }
            note(subject, stream, event);
            if (subject.ended()) {
                return true;
            }
            next = reader.next();
        }
        return false;
    }

    private void note(Subject subject, Stream stream, EventReader.Event event) {
        JsonNode data = event.data();
        String request = data.path("request_id").asString(subject.request());
        String text = text(event);
        history.write(
                subject.client(),
                "ok",
                "event",
                Fields.of("stream", stream.number)
                        .and("connection", stream.connection)
                        .and("session", data.path("session_id").asString(subject.session()))
                        .and("request", request)
                        .and("event", event.type())
                        .and("cursor", event.cursor())
                        .and("attempt", number(data, "attempt"))
                        .and("seq", number(data, "seq"))
                        .and("pos", number(data, "pos"))
                        .and("text", text)
                        .and("canary", canary(text))
                        .and("error", data.path("error").path("code").asString(null))
                        .map());
        Turn turn = request == null ? null : ledger.find(request);
        if (turn != null && ENDS.contains(event.type())) {
            turn.ended(event.type());
        }
    }

    private static @Nullable String text(EventReader.Event event) {
        return switch (event.type()) {
            case "delta" -> event.data().path("text").asString(null);
            case "completed" -> event.data().path("answer").path("text").asString(null);
            default -> null;
        };
    }

    private static @Nullable Integer number(JsonNode data, String name) {
        return data.path(name).isNumber() ? data.path(name).asInt() : null;
    }

    /** The first canary of a text. */
    static @Nullable String canary(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher matcher = CANARY.matcher(text);
        return matcher.find() ? matcher.group() : null;
    }
}
