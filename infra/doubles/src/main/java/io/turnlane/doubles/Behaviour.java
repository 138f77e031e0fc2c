package io.turnlane.doubles;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Answers the requests of an {@link HttpDouble}, normally or with a fault. Several threads call it at the same time.
 */
@FunctionalInterface
public interface Behaviour {

    String JSON = "application/json";

    /** Sends the reply to the request. Runs on the connection's thread and may block. */
    void answer(ReceivedRequest request, DoubleReply reply) throws IOException, InterruptedException;

    /** Replies with status 200 and a JSON body, which need not be valid. */
    static Behaviour json(String body) {
        return (_, reply) -> reply.send(200, JSON, Map.of(), body);
    }

    /** Replies with this status and a JSON body. */
    static Behaviour status(int status, String body) {
        return (_, reply) -> reply.send(status, JSON, Map.of(), body);
    }

    /** Replies with status 429 and a {@code Retry-After} in seconds. */
    static Behaviour tooManyRequests(int retryAfterSeconds) {
        Map<String, String> headers = Map.of("Retry-After", Integer.toString(retryAfterSeconds));
        return (_, reply) -> reply.send(429, JSON, headers, "{\"error\":{\"message\":\"too many requests\"}}");
    }

    /**
     * Replies with a complete stream of server-sent events.
     *
     * @param data data of each event
     */
    static Behaviour events(List<String> data) {
        return slowEvents(data, Duration.ZERO);
    }

    /**
     * Replies with a complete stream of server-sent events.
     *
     * @param data data of each event
     * @param pause time before each event
     */
    static Behaviour slowEvents(List<String> data, Duration pause) {
        return (_, reply) -> {
            begin(reply, data, pause);
            reply.end();
        };
    }

    /** Sends the events of a stream and then resets the connection. Without events, resets it before the reply. */
    static Behaviour reset(List<String> data) {
        return (_, reply) -> {
            if (!data.isEmpty()) {
                begin(reply, data, Duration.ZERO);
                reply.pause(Duration.ofMillis(50)); // a reset discards what the client has not read yet
            }
            reply.reset();
        };
    }

    /** Sends the events of a stream and then closes the connection without ending the stream. */
    static Behaviour cut(List<String> data) {
        return (_, reply) -> begin(reply, data, Duration.ZERO);
    }

    /** Sends nothing until the client closes the connection. */
    static Behaviour silence() {
        return (_, reply) -> reply.awaitClose();
    }

    /** Sends the events of a stream, and then nothing until the client closes the connection. */
    static Behaviour silenceAfter(List<String> data) {
        return (_, reply) -> {
            begin(reply, data, Duration.ZERO);
            reply.awaitClose();
        };
    }

    /**
     * Sends events until the client closes the connection.
     *
     * @param data data of an event by its number from 0
     * @param pause time before each event
     */
    static Behaviour endless(IntFunction<String> data, Duration pause) {
        return (_, reply) -> {
            reply.beginEvents();
            for (int i = 0; true; i++) {
                reply.pause(pause);
                reply.event(data.apply(i));
            }
        };
    }

    /** Uses each of the behaviours for one request, and the last one for all further requests. */
    static Behaviour oneAfterTheOther(Behaviour... behaviours) {
        List<Behaviour> all = List.of(behaviours);
        AtomicInteger next = new AtomicInteger();
        return (request, reply) ->
                all.get(Math.min(next.getAndIncrement(), all.size() - 1)).answer(request, reply);
    }

    private static void begin(DoubleReply reply, List<String> data, Duration pause) throws IOException {
        reply.beginEvents();
        for (String one : data) {
            reply.pause(pause);
            reply.event(one);
        }
    }
}
