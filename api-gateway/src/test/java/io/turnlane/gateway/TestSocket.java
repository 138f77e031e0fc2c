package io.turnlane.gateway;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One socket's other end. */
final class TestSocket implements WebSocket.Listener, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final LinkedBlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    /** Connects, offering these subprotocols besides our own. */
    static TestSocket open(Gateway gateway, String[] headers, String... protocols) {
        return new TestSocket(gateway, headers, protocols);
    }

    /** The status of a handshake that is refused. */
    static int refused(Gateway gateway, String[] headers, String... protocols) {
        try (TestSocket socket = new TestSocket(gateway, headers, protocols)) {
            throw new AssertionError("was let in: " + socket);
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    private TestSocket(Gateway gateway, String[] headers, String... protocols) {
        WebSocket.Builder builder = gateway.http().newWebSocketBuilder().subprotocols("turnlane.v1", protocols);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/v1/ws"), this)
                .join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(partial.toString());
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    TestSocket say(String frame) {
        socket.sendText(frame.replace('\'', '"'), true).join();
        return this;
    }

    void sayBinary(byte[] frame) {
        socket.sendBinary(ByteBuffer.wrap(frame), true).join();
    }

    JsonNode hear() throws InterruptedException {
        return JSON.readTree(hearText());
    }

    String hearText() throws InterruptedException {
        String frame = frames.poll(20, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }

    /** The subprotocol that the gateway chose. */
    String protocol() {
        return socket.getSubprotocol();
    }

    int closeStatus() {
        return closed.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public String toString() {
        return "socket of " + Arrays.toString(frames.toArray());
    }

    @Override
    public void close() {
        socket.abort();
    }
}
