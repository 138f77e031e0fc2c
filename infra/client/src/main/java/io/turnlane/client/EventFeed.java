package io.turnlane.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One stream of events over any number of connections: where one breaks or falls silent, it goes on at the next gateway
 * after the last cursor that was seen. For one thread.
 */
final class EventFeed {

    /** Twice the server's comment each 15 s, and some. */
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

    /** The last cursor that was seen. */
    Optional<String> cursor() {
        return Optional.ofNullable(cursor);
    }

    /**
     * Tells what comes, until the listener has had enough or the server has no more.
     *
     * @param more false where it has had enough
     * @throws ProblemException where a gateway says no, and would again
     * @throws IOException where no gateway could be reached in time
     */
    void read(Predicate<TurnUpdate> more) throws IOException, InterruptedException {
        while (true) {
            int serving = gateways.currentGateway();
            try {
                Optional<InputStream> body = gateways.stream(serving, path, cursor);
                if (body.isEmpty() || readAll(body.get(), more)) {
                    return;
                }
                pauseAfter(new IOException("the stream ended"), Optional.empty());
            } catch (ProblemException problem) {
                boolean passing = problem.passing() || problem.status() == 429;
                if (!passing || !backoff.pause(problem.retryAfter())) {
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

    private void pauseAfter(IOException broken, Optional<Duration> asked) throws IOException, InterruptedException {
        if (!backoff.pause(asked)) {
            throw broken;
        }
    }

    /** One connection; true where the listener has had enough. */
    private boolean readAll(InputStream body, Predicate<TurnUpdate> more) throws IOException {
        SilenceTimer silence = new SilenceTimer(body);
        Runnable heard = () -> {
            silence.broken();
            // A connection that was quiet for longer than patience is no failure.
            backoff.succeeded();
        };
        try (SseReader events = new SseReader(body, heard, at -> cursor = at)) {
            for (Optional<TurnUpdate> next = events.next(); next.isPresent(); next = events.next()) {
                next.get().cursor().ifPresent(at -> cursor = at);
                if (!more.test(next.get())) {
                    return true;
                }
            }
            return false;
        } finally {
            silence.over();
        }
    }

    /**
     * Closes a connection on which nothing was heard for too long: a peer that is gone sends no word of it. The reader
     * calls {@link #broken} and {@link #over}; the JDK's timer thread looks.
     */
    private static final class SilenceTimer {
        private final InputStream body;
        private volatile long last = System.nanoTime();
        private volatile boolean over;

        SilenceTimer(InputStream body) {
            this.body = body;
            look();
        }

        void broken() {
            last = System.nanoTime();
        }

        void over() {
            over = true;
        }

        private void look() {
            CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS).execute(() -> {
                if (over) {
                    return;
                }
                if (System.nanoTime() - last > SILENCE.toNanos()) {
                    closeQuietly();
                } else {
                    look();
                }
            });
        }

        private void closeQuietly() {
            try {
                body.close();
            } catch (IOException alreadyBroken) {
                over = true;
            }
        }
    }
}
