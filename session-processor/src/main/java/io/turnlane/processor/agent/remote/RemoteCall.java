package io.turnlane.processor.agent.remote;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.CallTimeouts;
import io.turnlane.processor.agent.http.Deadline;
import io.turnlane.processor.agent.http.RetryAfterHeader;
import io.turnlane.processor.agent.http.StreamedResponse;
import io.turnlane.processor.agent.http.TooLargeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls an agent once over HTTP. {@link #close} closes the connection, unless the response was read to its end. One
 * thread uses this object.
 */
final class RemoteCall implements AutoCloseable {

    /** Maximum size of an answer that is not a stream. */
    private static final int MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

    /** Maximum time for which a finished call waits for the end of its body, so that the connection can be reused. */
    private static final Duration END_WAIT = Duration.ofMillis(100);

    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}");

    private final StreamedResponse response;
    private final CallTimeouts limits;
    private final Deadline first;
    private final Deadline end;

    private RemoteCall(StreamedResponse response, CallTimeouts limits, Deadline first, Deadline end) {
        this.response = response;
        this.limits = limits;
        this.first = first;
        this.end = end;
    }

    /**
     * Sends a request and waits for the head of the response.
     *
     * @param end time at which the call must have ended
     */
    static RemoteCall send(HttpClient http, HttpRequest request, CallTimeouts limits, Deadline end)
            throws RemoteFault, InterruptedException {
        Deadline first = Deadline.in(limits.first()).orEarlier(end);
        try {
            return new RemoteCall(StreamedResponse.send(http, request, first), limits, first, end);
        } catch (HttpConnectTimeoutException e) {
            throw RemoteFault.broken("could not be reached within " + seconds(limits.connect()));
        } catch (HttpTimeoutException e) {
            throw timeout(limits, limits.first(), end);
        } catch (IOException e) {
            throw e.getCause() instanceof ConnectException
                    ? RemoteFault.broken("could not be reached")
                    : RemoteFault.withoutResponse();
        }
    }

    /** @throws RemoteFault if the status is not 200 */
    void checkStatus() throws RemoteFault {
        if (response.status() != 200) {
            throw RemoteFault.status(
                    response.status(),
                    RetryAfterHeader.of(response.headers(), MAX_RETRY_AFTER).orElse(null));
        }
    }

    /**
     * Returns true if the agent answers with a stream of events, and false if it answers with JSON.
     *
     * @throws RemoteFault if the agent answers with another type
     */
    boolean isStream() throws RemoteFault {
        String type = response.headers()
                .firstValue("Content-Type")
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .replaceFirst(" *;.*", "");
        return switch (type) {
            case "text/event-stream" -> true;
            case "application/json" -> false;
            default ->
                throw RemoteFault.violation("answered with "
                        + (MEDIA_TYPE.matcher(type).matches() ? type : "an unknown media type")
                        + " instead of text/event-stream or application/json");
        };
    }

    /**
     * Waits for the next event of the stream that has data.
     *
     * @param begun true if the answer has begun, so that the limit between two parts applies
     * @return data of the event, or null at the end of the stream
     */
    @Nullable
    String nextEvent(boolean begun) throws RemoteFault, InterruptedException {
        Duration idle = begun ? limits.idle() : limits.first();
        Deadline deadline = begun ? end : first;
        return read(idle, () -> {
            String event = response.nextEvent(deadline, idle);
            while (event != null && event.isBlank()) { // some agents keep a connection alive with empty events
                event = response.nextEvent(deadline, idle);
            }
            return event;
        });
    }

    /** Reads the whole body. */
    String readDocument() throws RemoteFault, InterruptedException {
        return read(limits.idle(), () -> response.text(MAX_DOCUMENT_BYTES, end, limits.idle()));
    }

    @FunctionalInterface
    private interface Read<T extends @Nullable Object> {
        T read() throws IOException, InterruptedException;
    }

    private <T extends @Nullable Object> T read(Duration limit, Read<T> read) throws RemoteFault, InterruptedException {
        try {
            return read.read();
        } catch (HttpTimeoutException e) {
            throw timeout(limits, limit, end);
        } catch (TooLargeException e) {
            throw RemoteFault.permanent(ErrorCode.ANSWER_TOO_LARGE, "sent an answer that is too large");
        } catch (CharacterCodingException e) {
            throw RemoteFault.broken("sent text that is not valid UTF-8");
        } catch (IOException e) {
            throw RemoteFault.broken("closed the connection before the answer was complete");
        }
    }

    /** Reads the rest of the body if it ends at once. The answer is complete, so errors do not matter any more. */
    void finish() throws InterruptedException {
        try {
            response.skip(Deadline.in(END_WAIT));
        } catch (IOException _) {
            // close() closes the connection
        }
    }

    @Override
    public void close() {
        response.close();
    }

    private static RemoteFault timeout(CallTimeouts limits, Duration passed, Deadline end) {
        return RemoteFault.retryable(
                ErrorCode.AGENT_TIMEOUT,
                end.nanosLeft() <= 0
                        ? "did not complete its answer within " + seconds(limits.total())
                        : "sent no part of its answer for " + seconds(passed));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
