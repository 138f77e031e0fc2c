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
 * A client that follows one turn over connections that break, each in its own way, and puts the pieces together as they
 * come: nothing here tells a piece that comes twice, or hides one that is missing.
 */
abstract class CutOffClient {

    private static final List<String> ENDS = List.of("completed", "failed");

    private final StringBuilder text = new StringBuilder();
    private int deltas;
    private boolean gap;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Follows the turn on a thread of its own. */
    final CutOffClient follow(String session, String request) {
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

    final synchronized void heard(String type, String piece) {
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

    /** Fails where following failed. */
    final boolean hasEnded() {
        return ended.isDone() && ended.thenApply(_ -> true).join();
    }

    final boolean wantsMore() {
        return !ended.isDone();
    }

    private static HttpClient http() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /** Server-sent events with nothing but {@code Last-Event-ID}. */
    static final class Sse extends CutOffClient {

        private final URI address;
        private String cursor;

        Sse(URI address) {
            this.address = address;
        }

        @Override
        void read(String session, String request) throws Exception {
            String path = "/v1/sessions/" + session + "/requests/" + request + "/events";
            try (HttpClient http = http()) {
                while (wantsMore()) {
                    HttpRequest.Builder get = HttpRequest.newBuilder(address.resolve(path));
                    if (cursor != null) {
                        get.header("Last-Event-ID", cursor);
                    }
                    try {
                        readAll(http.send(get.build(), BodyHandlers.ofInputStream()));
                    } catch (IOException | UncheckedIOException broken) {
                        // The next connection goes on.
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
                heard(event.path("type").asString(), event.path("text").asString(""));
            }
        }
    }

    /** The WebSocket, from the place that the acknowledgement names. */
    static final class Socket extends CutOffClient {

        private static final Duration SILENCE = Duration.ofSeconds(1);

        private final URI address;
        private volatile String cursor;

        Socket(URI address) {
            this.address = address;
        }

        /** Whether all that is said from now on will be heard. */
        boolean listens() {
            return cursor != null;
        }

        @Override
        void read(String session, String request) throws Exception {
            try (HttpClient http = http()) {
                while (wantsMore()) {
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
                        // The next connection goes on.
                    }
                }
            }
        }

        private final class Connection implements WebSocket.Listener {

            private final CompletableFuture<Void> over = new CompletableFuture<>();
            private final StringBuilder frame = new StringBuilder();
            private volatile long heard = System.nanoTime();

            /** The JDK's WebSocket doesn't always tell that its connection broke: so silence counts as an end, too. */
            void awaitEnd() throws InterruptedException, ExecutionException {
                while (System.nanoTime() - heard < SILENCE.toNanos()) {
                    try {
                        over.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
                        return;
                    } catch (TimeoutException quiet) {
                        // Looks whether it was.
                    }
                }
            }

            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                heard = System.nanoTime();
                frame.append(data);
                if (last) {
                    deliver(Client.JSON.readTree(frame.toString()));
                    frame.setLength(0);
                }
                from.request(1);
                return null;
            }

            private void deliver(JsonNode said) {
                if (said.path("cursor").isString()) {
                    cursor = said.path("cursor").asString();
                }
                JsonNode event = said.path("event");
                heard(event.path("type").asString(""), event.path("text").asString(""));
                if (!wantsMore()) {
                    over.complete(null);
                }
            }

            @Override
            public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                over.complete(null);
                return null;
            }

            @Override
            public void onError(WebSocket from, Throwable error) {
                over.complete(null);
            }
        }
    }

    /** The Java client, which goes to the other gateway by itself. */
    static final class Java extends CutOffClient {

        private final List<URI> addresses;

        Java(List<URI> addresses) {
            this.addresses = addresses;
        }

        @Override
        void read(String session, String request) throws Exception {
            TurnlaneClient.with(addresses, Optional::empty, Duration.ofSeconds(30))
                    .turn(session, request)
                    .follow((_, news) -> heard(news.type(), news.text()));
        }
    }
}
