package io.turnlane.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway on a free loopback port that answers each call with the next scripted reply. */
final class ScriptedGateway implements AutoCloseable {

    private final HttpServer server;
    private final Queue<ScriptedReply> replies = new ConcurrentLinkedQueue<>();
    private final List<ReceivedCall> calls = new CopyOnWriteArrayList<>();

    /** @param quiet time before the connection ends */
    private record ScriptedReply(int status, String type, String body, Ending ending, Duration quiet) {

        ScriptedReply(int status, String type, String body, Ending ending) {
            this(status, type, body, ending, Duration.ZERO);
        }

        void end(HttpExchange exchange) {
            CompletableFuture.delayedExecutor(quiet.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(exchange::close);
        }
    }

    /** End of a reply. A hanging reply keeps its connection open until the gateway is closed. */
    private enum Ending {
        WHOLE,
        CUT,
        NO_REPLY,
        HANGS_IN_BODY,
        HANGS_BEFORE_HEADERS
    }

    /** A call that the gateway received. */
    record ReceivedCall(
            String method,
            String path,
            @Nullable String cursor,
            @Nullable String key,
            String body) {}

    ScriptedGateway() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<ReceivedCall> calls() {
        return calls;
    }

    ScriptedGateway json(int status, String body) {
        replies.add(new ScriptedReply(status, "application/json", body, Ending.WHOLE));
        return this;
    }

    /** Accepts the connection and never answers. */
    ScriptedGateway silence() {
        replies.add(new ScriptedReply(200, "application/json", "", Ending.HANGS_BEFORE_HEADERS));
        return this;
    }

    /** Sends the beginning of an answer and never its end. */
    ScriptedGateway hangingJson(int status, String body) {
        replies.add(new ScriptedReply(status, "application/json", body, Ending.HANGS_IN_BODY));
        return this;
    }

    /** Sends these events and ends the stream normally. */
    ScriptedGateway events(String... events) {
        replies.add(new ScriptedReply(200, "text/event-stream", String.join("", events), Ending.WHOLE));
        return this;
    }

    /** Sends this text and then breaks the connection. */
    ScriptedGateway brokenEvents(String... events) {
        replies.add(new ScriptedReply(200, "text/event-stream", String.join("", events), Ending.CUT));
        return this;
    }

    /** Sends these events, and breaks the connection after this time. */
    ScriptedGateway brokenAfter(Duration quiet, String... events) {
        replies.add(new ScriptedReply(200, "text/event-stream", String.join("", events), Ending.CUT, quiet));
        return this;
    }

    /** Receives the call, and breaks the connection after this time without an answer. */
    ScriptedGateway noReplyAfter(Duration quiet) {
        replies.add(new ScriptedReply(200, "application/json", "", Ending.NO_REPLY, quiet));
        return this;
    }

    static String event(String cursor, String type, String data) {
        return "id: " + cursor + "\nevent: " + type + "\ndata: " + data + "\n\n";
    }

    static String delta(String cursor, int attempt, int seq, int pos, String text) {
        return event(
                cursor,
                "delta",
                "{\"request_id\":\"r\",\"attempt\":%d,\"seq\":%d,\"pos\":%d,\"text\":\"%s\"}"
                        .formatted(attempt, seq, pos, text));
    }

    private void answer(HttpExchange exchange) throws IOException {
        calls.add(new ReceivedCall(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Last-Event-ID"),
                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        ScriptedReply reply = replies.poll();
        if (reply == null) {
            exchange.close();
            return;
        }
        if (reply.ending() == Ending.HANGS_BEFORE_HEADERS) {
            return;
        }
        if (reply.ending() == Ending.NO_REPLY) {
            reply.end(exchange);
            return;
        }
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", reply.type());
        // A content length that is never reached: the client sees a broken connection, or waits.
        boolean whole = reply.ending() == Ending.WHOLE;
        exchange.sendResponseHeaders(reply.status(), !whole ? body.length + 1 : body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        if (reply.ending() != Ending.HANGS_IN_BODY) {
            reply.end(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
