package io.turnlane.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events over any number of connections. If a connection ends or falls silent, the feed connects to the
 * next gateway and resumes after its last cursor. Not thread-safe.
 */
final class EventFeed {

    /**
     * Time without a line after which the connection counts as broken. The server sends a comment at least every 15 s,
     * so at least two comments are then missing.
     */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private final GatewayPool gateways;
    private final String path;
    private final Backoff backoff;
    private @Nullable String cursor;

    EventFeed(GatewayPool gateways, String path, @Nullable String after, Duration patience) {
        this.gateways = gateways;
        this.path = path;
        this.cursor = after;
        this.backoff = new Backoff(patience);
    }

    Optional<String> cursor() {
        return Optional.ofNullable(cursor);
    }

    /**
     * Passes each event to the listener. Returns when the listener returns false, or when a gateway reports with status
     * 204 that there are no further events.
     *
     * @param listener returns true to receive further events
     * @throws ProblemException if a gateway rejects the call, and no later attempt can succeed in time
     * @throws IOException if no gateway answered in time
     */
    void read(Predicate<TurnUpdate> listener) throws IOException, InterruptedException {
        while (true) {
            int serving = gateways.currentGateway();
            try {
                Optional<InputStream> body = gateways.stream(serving, path, cursor);
                if (body.isEmpty() || readAll(body.get(), listener)) {
                    return;
                }
                pauseAfter(new IOException("the stream ended"), Optional.empty());
            } catch (ProblemException problem) {
                boolean retryable = problem.isTransient() || problem.status() == 429;
                if (!retryable || !backoff.pause(problem.retryAfter())) {
                    throw problem;
                }
            } catch (IOException broken) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while reading events");
                }
                pauseAfter(broken, Optional.empty());
            }
            gateways.switchFrom(serving);
        }
    }

    private void pauseAfter(IOException broken, Optional<Duration> retryAfter)
            throws IOException, InterruptedException {
        if (!backoff.pause(retryAfter)) {
            throw broken;
        }
    }

    /** Reads one connection; returns true if the listener wants no more events. */
    private boolean readAll(InputStream body, Predicate<TurnUpdate> listener) throws IOException {
        SilenceTimer silence = new SilenceTimer(body);
        long opened = System.nanoTime();
        AtomicBoolean received = new AtomicBoolean();
        Runnable onLine = () -> {
            silence.reset();
            received.set(true);
            // Each line that arrives shows that the gateway works, so the patience starts again. Otherwise, the
            // patience of a long stream would already be used up when its connection breaks.
            backoff.succeeded();
        };
        try (SseReader events = new SseReader(body, onLine, at -> cursor = at)) {
            for (Optional<TurnUpdate> next = events.next(); next.isPresent(); next = events.next()) {
                next.get().cursor().ifPresent(at -> cursor = at);
                if (!listener.test(next.get())) {
                    return true;
                }
            }
            return false;
        } finally {
            silence.stop();
            // An agent may be silent for longer than the patience. Without this, the first failure after it would be
            // the last attempt. A connection without any line shows no working gateway.
            if (received.get()) {
                backoff.exclude(Duration.ofNanos(System.nanoTime() - opened));
            }
        }
    }

    /**
     * Closes a connection that has been silent for too long. Without it, the reader would wait forever for a gateway
     * that has vanished. The reader calls {@link #reset} and {@link #stop}; the JDK's timer thread checks the time.
     */
    private static final class SilenceTimer {
        private final InputStream body;
        private volatile long last = System.nanoTime();
        private volatile boolean stopped;

        SilenceTimer(InputStream body) {
            this.body = body;
            scheduleCheck();
        }

        void reset() {
            last = System.nanoTime();
        }

        void stop() {
            stopped = true;
        }

        private void scheduleCheck() {
            CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS).execute(() -> {
                if (stopped) {
                    return;
                }
                if (System.nanoTime() - last > SILENCE.toNanos()) {
                    closeQuietly();
                } else {
                    scheduleCheck();
                }
            });
        }

        private void closeQuietly() {
            try {
                body.close();
            } catch (IOException alreadyBroken) {
                stopped = true;
            }
        }
    }
}
