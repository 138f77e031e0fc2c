package io.turnlane.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** WebSocket client that keeps all frames sent and received. For one thread. */
final class SocketClient implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();
    private final List<JsonNode> sent = new ArrayList<>();
    private final List<JsonNode> received = new ArrayList<>();
    private final WebSocket socket;

    SocketClient(URI gateway) {
        socket = http.newWebSocketBuilder()
                .subprotocols("turnlane.v1")
                .buildAsync(URI.create("ws://" + gateway.getAuthority() + "/v1/ws"), new Listener())
                .join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                arrived.add(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }
    }

    SocketClient send(String frame) {
        sent.add(JSON.readTree(frame));
        socket.sendText(frame, true).join();
        return this;
    }

    /** Waits for a frame of this type, or with an event of this type, and returns it. */
    JsonNode await(String type) throws InterruptedException {
        while (true) {
            JsonNode frame = arrived.poll(20, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + type + " after " + received);
            }
            received.add(frame);
            if (frame.path("type").asString().equals(type)
                    || frame.path("event").path("type").asString("").equals(type)) {
                return frame;
            }
        }
    }

    List<JsonNode> sent() {
        return sent;
    }

    List<JsonNode> received() {
        return received;
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }
}
