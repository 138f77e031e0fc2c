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
 * The gateways of one Turnlane installation. Each gateway can serve each call. If a gateway fails, the pool tries the
 * next one. Thread-safe: threads share only the index of the gateway in use.
 */
final class GatewayPool {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);
    /** Idempotent methods (RFC 9110, section 9.2.2). */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");

    private final HttpClient http;
    private final List<URI> addresses;
    private final Supplier<Optional<String>> token;
    private final Duration patience;
    private final Duration callTimeout;
    private final AtomicInteger current = new AtomicInteger();

    GatewayPool(HttpClient http, List<URI> addresses, Supplier<Optional<String>> token, Duration patience) {
        this.http = http;
        this.addresses = List.copyOf(addresses);
        this.token = token;
        this.patience = patience;
        this.callTimeout = callTimeout(addresses.size(), patience);
    }

    /**
     * Returns the time to wait for an answer from one gateway, which may accept a connection and never answer. The time
     * is 10 s for a single gateway, otherwise an equal share of the patience between 1 s and 10 s.
     */
    private static Duration callTimeout(int gateways, Duration patience) {
        Duration share = gateways == 1 ? LONGEST_TIMEOUT : patience.dividedBy(gateways);
        return Stream.of(SHORTEST_TIMEOUT, share, LONGEST_TIMEOUT)
                .sorted()
                .toList()
                .get(1);
    }

    /** Joins these segments to a path and encodes each of them. */
    static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8));
        }
        return path.toString();
    }

    /**
     * One API call.
     *
     * @param repeatable true if a repeated call has no further effect; the pool then repeats the call after a lost
     *     reply
     * @param serverWait time that the gateway itself may wait before it answers
     */
    record GatewayCall(
            String method,
            String path,
            @Nullable Object body,
            @Nullable String idempotencyKey,
            boolean repeatable,
            Duration serverWait) {

        static GatewayCall get(String path) {
            return of("GET", path, null);
        }

        /**
         * Returns a GET call that waits for the end of a turn. The gateway responds when the turn has ended, or at the
         * latest after {@code wait}.
         */
        static GatewayCall poll(String path, Duration wait) {
            return new GatewayCall("GET", path + "?wait=" + wait.toSeconds(), null, null, true, wait);
        }

        /**
         * Returns a call. It is repeatable if HTTP defines its method as idempotent. POST and PATCH are not idempotent.
         */
        static GatewayCall of(String method, String path, @Nullable Object body) {
            return new GatewayCall(method, path, body, null, IDEMPOTENT.contains(method), Duration.ZERO);
        }

        /** Returns a POST that has no further effect if it is repeated. */
        static GatewayCall repeatable(String path) {
            return new GatewayCall("POST", path, null, null, true, Duration.ZERO);
        }

        /** Returns a POST with an idempotency key, which has no further effect if it is repeated. */
        static GatewayCall keyed(String path, Object body, String idempotencyKey) {
            return new GatewayCall("POST", path, body, idempotencyKey, true, Duration.ZERO);
        }
    }

    /**
     * Tries one gateway after the other until one serves the call or the patience ends. Sends a call that is not
     * repeatable again only if the call did not reach a gateway.
     *
     * @return the JSON body; a missing node if the response has none
     * @throws ProblemException if a gateway rejects the call, and no repetition is allowed or can succeed in time
     * @throws IOException if no gateway answers in time, or if the reply to a call that is not repeatable is lost
     */
    JsonNode call(GatewayCall call) throws IOException, InterruptedException {
        Backoff backoff = new Backoff(patience);
        while (true) {
            int serving = current.get();
            long sent = System.nanoTime();
            try {
                return answer(send(serving, call));
            } catch (ProblemException problem) {
                if (!call.repeatable() || !problem.isTransient() || !backoff.pause(problem.retryAfter())) {
                    throw problem;
                }
            } catch (IOException failure) {
                Duration elapsed = Duration.ofNanos(System.nanoTime() - sent);
                backoff.exclude(elapsed.compareTo(call.serverWait()) < 0 ? elapsed : call.serverWait());
                if (!(call.repeatable() || unreached(failure)) || !backoff.pause(Optional.empty())) {
                    throw failure;
                }
            }
            switchFrom(serving);
        }
    }

    private static boolean unreached(IOException failure) {
        return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
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
        // If a call must not be repeated, its failure is final, so it gets the longest timeout.
        Duration limit = call.repeatable() ? callTimeout : LONGEST_TIMEOUT;
        return within(limit.plus(call.serverWait()), request.build(), BodyHandlers.ofByteArray());
    }

    /**
     * Sends a request and waits at most {@code limit} for the response: its headers, and its body unless the handler
     * returns a stream. The timeout of an {@code HttpRequest} is not suitable: up to JDK 25 it covers only the headers,
     * and from JDK 26 on it also ends an open stream.
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
            throw failed.getCause() instanceof IOException failure
                    ? named(failure, request.uri())
                    : new IOException(failed.getCause());
        }
    }

    /** Adds a message with the address to a failure to connect, because the JDK's exception has no message. */
    private static IOException named(IOException failure, URI called) {
        if (!(failure instanceof ConnectException) || failure.getMessage() != null) {
            return failure;
        }
        String port = called.getPort() < 0 ? "" : ":" + called.getPort();
        ConnectException named = new ConnectException("no connection to " + called.getHost() + port);
        named.initCause(failure);
        return named;
    }

    /** Cancels the exchange. If the response has arrived in the meantime, closes its stream. */
    @SuppressWarnings(
            "Interruption") // the JDK's client releases the connection only if the future is cancelled this way
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
     * Opens a stream at this gateway. The timeout covers the headers of the response, but not the stream.
     *
     * @return the stream; empty if there are no further events
     * @throws ProblemException if the gateway rejects the call
     * @throws IOException if the gateway cannot be reached; {@link #switchFrom} selects the next one
     */
    Optional<InputStream> stream(int gateway, String path, @Nullable String cursor)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(gateway, path).header("Accept", "text/event-stream");
        if (cursor != null) {
            request.header("Last-Event-ID", cursor);
        }
        HttpResponse<InputStream> response = within(
                callTimeout,
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

    int currentGateway() {
        return current.get();
    }

    /** Selects the gateway after this one, unless another thread has already selected a different gateway. */
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
        return ProblemException.of(status, body, response.headers());
    }
}
