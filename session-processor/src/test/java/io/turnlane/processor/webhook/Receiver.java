package io.turnlane.processor.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.turnlane.model.CallbackUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * Server on loopback that receives webhooks. It answers with the replies that were set, and with 200 if there are none.
 */
public final class Receiver implements AutoCloseable {

    /** Sends the response to a call. */
    @FunctionalInterface
    public interface ReceiverReply {
        void to(HttpExchange call) throws IOException;
    }

    /** A received webhook. */
    public record ReceivedWebhook(
            String path, String id, String timestamp, String signature, String type, String body) {}

    public final List<ReceivedWebhook> posts = new CopyOnWriteArrayList<>();
    private final Queue<ReceiverReply> replies = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    public Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange call) throws IOException {
        var headers = call.getRequestHeaders();
        posts.add(new ReceivedWebhook(
                call.getRequestURI().getPath(),
                headers.getFirst("webhook-id"),
                headers.getFirst("webhook-timestamp"),
                headers.getFirst("webhook-signature"),
                headers.getFirst("Content-Type"),
                new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        ReceiverReply reply = replies.poll();
        (reply == null ? status(200) : reply).to(call);
        call.close();
    }

    public static ReceiverReply status(int status) {
        return call -> call.sendResponseHeaders(status, -1);
    }

    /** Sets the replies to the next calls, one for each. */
    public Receiver answering(ReceiverReply... next) {
        replies.addAll(List.of(next));
        return this;
    }

    public CallbackUrl url(String path) {
        return CallbackUrl.parse("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    public List<ReceivedWebhook> of(String requestId) {
        return posts.stream().filter(post -> post.id().equals(requestId)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
