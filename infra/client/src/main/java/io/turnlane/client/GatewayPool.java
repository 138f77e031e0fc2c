package io.turnlane.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateways of one Turnlane: any of them serves any call, and where one fails the next is tried. Any thread may call
 * it; all it shares is which gateway served last.
 */
final class GatewayPool {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration SHORTEST_TRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_TRY = Duration.ofSeconds(10);
    /** RFC 9110, section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");

    private final HttpClient http;
    private final List<URI> addresses;
    private final Supplier<Optional<String>> token;
    private final Duration patience;
    private final Duration ofOneTry;
    private final AtomicInteger current = new AtomicInteger();

    GatewayPool(HttpClient http, List<URI> addresses, Supplier<Optional<String>> token, Duration patience) {
        this.http = http;
        this.addresses = List.copyOf(addresses);
        this.token = token;
        this.patience = patience;
        this.ofOneTry = ofOneTry(addresses.size(), patience);
    }

    /**
     * How long a gateway is waited for: one that is stopped, or behind a broken network, takes a connection and never
     * answers. Where there are others, each has its share of all patience, within reason.
     */
    private static Duration ofOneTry(int gateways, Duration patience) {
        Duration share = gateways == 1 ? LONGEST_TRY : patience.dividedBy(gateways);
        return Stream.of(SHORTEST_TRY, share, LONGEST_TRY).sorted().toList().get(1);
    }

    /** A path of these segments, each of them encoded. */
    static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8));
        }
        return path.toString();
    }

    /**
     * One call.
     *
     * @param repeatable whether it does the same however often it is sent, so that a lost reply is no matter
     * @param takes how long the gateway takes over it by itself
     */
    record GatewayCall(
            String method,
            String path,
            @Nullable Object body,
            @Nullable String idempotencyKey,
            boolean repeatable,
            Duration takes) {

        static GatewayCall get(String path) {
            return of("GET", path, null);
        }

        /** A GET that takes up to so long by itself. */
        static GatewayCall poll(String path, Duration wait) {
            return new GatewayCall("GET", path + "?wait=" + wait.toSeconds(), null, null, true, wait);
        }

        /** Repeatable where HTTP has it so: a POST and a PATCH aren't. */
        static GatewayCall of(String method, String path, @Nullable Object body) {
            return new GatewayCall(method, path, body, null, IDEMPOTENT.contains(method), Duration.ZERO);
        }

        /** A POST that is. */
        static GatewayCall repeatable(String path) {
            return new GatewayCall("POST", path, null, null, true, Duration.ZERO);
        }

        /** A POST that is, by its key. */
        static GatewayCall keyed(String path, Object body, String idempotencyKey) {
            return new GatewayCall("POST", path, body, idempotencyKey, true, Duration.ZERO);
        }
    }

    /**
     * Calls one gateway after the other until one serves it, or patience is over. What can't be repeated is sent until
     * a gateway was reached.
     *
     * @return its body; a missing node where there is none
     * @throws ProblemException where a gateway says no, and would again
     * @throws IOException where none could be reached in time
     */
    JsonNode call(GatewayCall call) throws IOException, InterruptedException {
        Backoff backoff = new Backoff(patience);
        while (true) {
            int serving = current.get();
            try {
                return answer(send(serving, call));
            } catch (ProblemException problem) {
                if (!call.repeatable() || !problem.passing() || !backoff.pause(problem.retryAfter())) {
                    throw problem;
                }
            } catch (IOException away) {
                if (!(call.repeatable() || unreached(away)) || !backoff.pause(Optional.empty())) {
                    throw away;
                }
            }
            switchFrom(serving);
        }
    }

    private static boolean unreached(IOException away) {
        return away instanceof ConnectException || away instanceof HttpConnectTimeoutException;
    }

    private HttpResponse<byte[]> send(int gateway, GatewayCall call) throws IOException, InterruptedException {
        BodyPublisher body = call.body() == null
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(call.body()));
        HttpRequest.Builder request =
                request(gateway, call.path()).method(call.method(), body).header("Accept", "application/json");
        if (call.body() != null) {
            request.header("Content-Type", "application/json");
        }
        if (call.idempotencyKey() != null) {
            request.header("Idempotency-Key", call.idempotencyKey());
        }
        // What can't be sent again has all the time that a try may have.
        Duration limit = call.repeatable() ? ofOneTry : LONGEST_TRY;
        return within(limit.plus(call.takes()), request.build(), BodyHandlers.ofByteArray());
    }

    /**
     * What is answered in this time: headers and, where the handler waits for it, body. The request's own timeout ends
     * with the headers up to JDK 25, and would end a stream after that.
     */
    private <T> HttpResponse<T> within(Duration limit, HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            giveUp(answer);
            throw new HttpTimeoutException("no answer within " + limit.toMillis() + " ms");
        } catch (InterruptedException stop) {
            giveUp(answer);
            throw stop;
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException away
                    ? named(away, request.uri())
                    : new IOException(failed.getCause());
        }
    }

    /** The JDK's says neither what happened nor where. */
    private static IOException named(IOException away, URI called) {
        if (!(away instanceof ConnectException) || away.getMessage() != null) {
            return away;
        }
        String port = called.getPort() < 0 ? "" : ":" + called.getPort();
        ConnectException told = new ConnectException("no connection to " + called.getHost() + port);
        told.initCause(away);
        return told;
    }

    /** Ends the exchange; a stream that was opened in the last moment is closed. */
    @SuppressWarnings("Interruption") // only so does the JDK's client let go of the connection
    private static void giveUp(CompletableFuture<? extends HttpResponse<?>> answer) throws IOException {
        boolean late = !answer.cancel(true) && !answer.isCompletedExceptionally();
        if (late && answer.join().body() instanceof InputStream stream) {
            stream.close();
        }
    }

    private static JsonNode answer(HttpResponse<byte[]> response) {
        if (response.statusCode() / 100 != 2) {
            throw problem(response.statusCode(), response.body(), response);
        }
        try {
            return response.body().length == 0 ? JSON.missingNode() : JSON.readTree(response.body());
        } catch (JacksonException notOurs) {
            throw problem(response.statusCode(), response.body(), response);
        }
    }

    /**
     * Opens a stream at the gateway that served last. What comes on it may take as long as it likes, a refusal may not.
     *
     * @return nothing where there is no more to come
     * @throws ProblemException where the gateway says no
     * @throws IOException where it can't be reached: {@link #switchFrom} goes to the next
     */
    Optional<InputStream> stream(int gateway, String path, @Nullable String cursor)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(gateway, path).header("Accept", "text/event-stream");
        if (cursor != null) {
            request.header("Last-Event-ID", cursor);
        }
        HttpResponse<InputStream> response = within(
                ofOneTry,
                request.build(),
                head -> head.statusCode() == 200
                        ? BodySubscribers.ofInputStream()
                        : BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new));
        if (response.statusCode() == 200) {
            return Optional.of(response.body());
        }
        try (InputStream body = response.body()) {
            if (response.statusCode() == 204) {
                return Optional.empty();
            }
            throw problem(response.statusCode(), body.readAllBytes(), response);
        }
    }

    /** Which gateway serves now. */
    int currentGateway() {
        return current.get();
    }

    /** Goes to the next gateway, unless somebody did already. */
    void switchFrom(int gateway) {
        current.compareAndSet(gateway, gateway + 1);
    }

    private HttpRequest.Builder request(int gateway, String path) {
        String base = addresses.get(Math.floorMod(gateway, addresses.size())).toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base.replaceAll("/+$", "") + path));
        token.get().ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request;
    }

    private static ProblemException problem(int status, byte[] body, HttpResponse<?> response) {
        return ProblemException.of(status, body, response.headers().firstValue("Retry-After"));
    }
}
