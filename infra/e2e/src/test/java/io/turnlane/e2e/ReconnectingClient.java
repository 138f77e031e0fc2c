package io.turnlane.e2e;

import io.turnlane.client.TurnlaneClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * Client that follows one turn over connections that break. It appends the pieces as they arrive, without checks, so
 * that a duplicate or missing piece changes the text.
 */
abstract class ReconnectingClient {

    private static final List<String> ENDS = List.of("completed", "failed");

    private final StringBuilder text = new StringBuilder();
    private int deltas;
    private boolean gap;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Starts to follow the turn, on a thread of its own. */
    final ReconnectingClient follow(String session, String request) {
        Thread.ofVirtual().name(getClass().getSimpleName()).start(() -> {
            try {
                read(session, request);
            } catch (Exception e) {
                ended.completeExceptionally(e);
            }
        });
        return this;
    }

    abstract void read(String session, String request) throws Exception;

    final synchronized void received(String type, String piece) {
        if (type.equals("delta")) {
            text.append(piece);
            deltas++;
        }
        gap |= type.equals("gap");
        if (ENDS.contains(type)) {
            ended.complete(null);
        }
    }

    final synchronized String text() {
        return text.toString();
    }

    final synchronized int deltas() {
        return deltas;
    }

    final synchronized boolean sawGap() {
        return gap;
    }

    /** Returns true if the turn has ended; throws if following it failed. */
    final boolean hasEnded() {
        return ended.isDone() && ended.thenApply(_ -> true).join();
    }

    final boolean isOpen() {
        return !ended.isDone();
    }

    private static HttpClient http() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /** Client of server-sent events that resumes with {@code Last-Event-ID}. */
    static final class Sse extends ReconnectingClient {

        private final URI address;
        private String cursor;

        Sse(URI address) {
            this.address = address;
        }

        @Override
        void read(String session, String request) throws Exception {
            String path = "/v1/sessions/" + session + "/requests/" + request + "/events";
            try (HttpClient http = http()) {
                while (isOpen()) {
                    HttpRequest.Builder get = HttpRequest.newBuilder(address.resolve(path));
                    if (cursor != null) {
                        get.header("Last-Event-ID", cursor);
                    }
                    try {
                        readAll(http.send(get.build(), BodyHandlers.ofInputStream()));
                    } catch (IOException | UncheckedIOException broken) {
                        // The next connection resumes.
                    }
                }
            }
        }

        private void readAll(HttpResponse<InputStream> response) throws IOException {
            if (response.statusCode() != 200) {
                throw new IllegalStateException("status " + response.statusCode());
            }
            String id = null;
            String data = null;
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id:")) {
                        id = line.substring(3).strip();
                    } else if (line.startsWith("data:")) {
                        data = line.substring(5);
                    } else if (line.isEmpty() && id != null) {
                        cursor = id;
                        deliver(data);
                        id = null;
                        data = null;
                    }
                }
            }
        }

        private void deliver(String data) {
            if (data != null) {
                JsonNode event = Client.JSON.readTree(data);
                if (!event.path("type").asString().equals("cursor")) {
                    received(event.path("type").asString(), event.path("text").asString(""));
                }
            }
        }
    }

    /** Client of the WebSocket that begins at the cursor in {@code subscribed}. */
    static final class Socket extends ReconnectingClient {

        private static final Duration SILENCE = Duration.ofSeconds(1);

        private final URI address;
        private volatile String cursor;

        Socket(URI address) {
            this.address = address;
        }

        /** Returns true if all events from now on will be received. */
        boolean isSubscribed() {
            return cursor != null;
        }

        @Override
        void read(String session, String request) throws Exception {
            try (HttpClient http = http()) {
                while (isOpen()) {
                    Connection connection = new Connection();
                    try {
                        WebSocket socket = http.newWebSocketBuilder()
                                .subprotocols("turnlane.v1")
                                .buildAsync(URI.create("ws" + address.toString().substring(4) + "/v1/ws"), connection)
                                .join();
                        Map<String, String> subscribe = cursor == null
                                ? Map.of("type", "subscribe", "session_id", session)
                                : Map.of("type", "subscribe", "session_id", session, "after", cursor);
                        socket.sendText(Client.JSON.writeValueAsString(subscribe), true)
                                .join();
                        connection.awaitEnd();
                        socket.abort();
                    } catch (RuntimeException broken) {
                        // The next connection resumes.
                    }
                }
            }
        }

        private final class Connection implements WebSocket.Listener {

            private final CompletableFuture<Void> closed = new CompletableFuture<>();
            private final StringBuilder frame = new StringBuilder();
            private volatile long lastReceived = System.nanoTime();

            /**
             * Waits for the end. The JDK's WebSocket does not report every broken connection, so silence counts as an
             * end.
             */
            void awaitEnd() throws InterruptedException, ExecutionException {
                while (System.nanoTime() - lastReceived < SILENCE.toNanos()) {
                    try {
                        closed.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
                        return;
                    } catch (TimeoutException quiet) {
                        // Check if something arrived meanwhile.
                    }
                }
            }

            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                lastReceived = System.nanoTime();
                frame.append(data);
                if (last) {
                    deliver(Client.JSON.readTree(frame.toString()));
                    frame.setLength(0);
                }
                from.request(1);
                return null;
            }

            private void deliver(JsonNode message) {
                if (message.path("cursor").isString()) {
                    cursor = message.path("cursor").asString();
                }
                JsonNode event = message.path("event");
                received(event.path("type").asString(""), event.path("text").asString(""));
                if (!isOpen()) {
                    closed.complete(null);
                }
            }

            @Override
            public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                closed.complete(null);
                return null;
            }

            @Override
            public void onError(WebSocket from, Throwable error) {
                closed.complete(null);
            }
        }
    }

    /** The Java client, which switches gateways by itself. */
    static final class Java extends ReconnectingClient {

        private final List<URI> addresses;

        Java(List<URI> addresses) {
            this.addresses = addresses;
        }

        @Override
        void read(String session, String request) throws Exception {
            TurnlaneClient.with(addresses, Optional::empty, Duration.ofSeconds(30))
                    .turn(session, request)
                    .follow((_, update) -> received(update.type(), update.text()));
        }
    }
}
