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

/** A client's side of a socket, which keeps what was said on it. For one thread. */
final class SocketTalk implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();
    private final List<JsonNode> said = new ArrayList<>();
    private final List<JsonNode> heard = new ArrayList<>();
    private final WebSocket socket;

    SocketTalk(URI gateway) {
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

    SocketTalk say(String frame) {
        said.add(JSON.readTree(frame));
        socket.sendText(frame, true).join();
        return this;
    }

    /** Listens until a frame of this type, or an event of this type, has come; that frame. */
    JsonNode hear(String type) throws InterruptedException {
        while (true) {
            JsonNode frame = arrived.poll(20, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + type + " after " + heard);
            }
            heard.add(frame);
            if (frame.path("type").asString().equals(type)
                    || frame.path("event").path("type").asString("").equals(type)) {
                return frame;
            }
        }
    }

    List<JsonNode> said() {
        return said;
    }

    List<JsonNode> heard() {
        return heard;
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }
}
