package io.turnlane.gateway;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** WebSocket client. */
final class TestSocket implements WebSocket.Listener, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final LinkedBlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile String closeReason;
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    /** Connects and offers these subprotocols besides turnlane.v1. */
    static TestSocket open(TestGateway gateway, String[] headers, String... protocols) {
        return new TestSocket(gateway, headers, protocols);
    }

    /** Returns the status of a handshake that must fail. */
    static int handshakeStatus(TestGateway gateway, String[] headers, String... protocols) {
        try (TestSocket socket = new TestSocket(gateway, headers, protocols)) {
            throw new AssertionError("handshake succeeded: " + socket);
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    /**
     * Returns a plain connection that has sent a WebSocket handshake, for frames byte by byte. Its receive buffer is
     * small.
     */
    static Socket raw(TestGateway gateway, String... headers) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
        socket.setSoTimeout(20_000);
        String request = "GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:" + gateway.port()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    private TestSocket(TestGateway gateway, String[] headers, String... protocols) {
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
        closeReason = reason;
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    TestSocket send(String frame) {
        socket.sendText(frame.replace('\'', '"'), true).join();
        return this;
    }

    void sendBinary(byte[] frame) {
        socket.sendBinary(ByteBuffer.wrap(frame), true).join();
    }

    JsonNode nextFrame() throws InterruptedException {
        return JSON.readTree(nextText());
    }

    String nextText() throws InterruptedException {
        String frame = frames.poll(20, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame received");
        }
        return frame;
    }

    /** Returns the subprotocol that the gateway selected. */
    String protocol() {
        return socket.getSubprotocol();
    }

    int closeStatus() {
        return closed.orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Returns the reason in the close frame. */
    String closeReason() {
        closeStatus();
        return closeReason;
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
