package io.turnlane.processor.turn;

import io.turnlane.model.MemoryIssue;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnEvent.Body;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Creates the streams that publish the events of turns. Thread-safe. */
final class TurnStreams {

    private final EventPublisher publisher;
    private final WireFormat wire;
    private final AnswerLimits limits;
    private final InstantSource clock;
    private final Delay delay;
    private final Executor executor;

    TurnStreams(
            EventPublisher publisher,
            WireFormat wire,
            AnswerLimits limits,
            InstantSource clock,
            Delay delay,
            Executor executor) {
        this.publisher = publisher;
        this.wire = wire;
        this.limits = limits;
        this.clock = clock;
        this.delay = delay;
        this.executor = executor;
    }

    /**
     * Creates a stream for an attempt.
     *
     * @param onTooLarge called if the text or the artifacts exceed the maximum size of an answer
     */
    TurnStream ofAttempt(Turn turn, int attempt, Runnable onTooLarge) {
        return new TurnStream(turn, attempt, 0, onTooLarge);
    }

    /**
     * Creates a stream for the last event of an attempt. Another flight has published the earlier events of the
     * attempt.
     */
    TurnStream ofEnd(Turn turn, int attempt) {
        return new TurnStream(turn, attempt, TurnEvent.SEQ_AFTER_ALL, () -> {});
    }

    /**
     * Publishes the position of a waiting turn. The event has number 0.
     *
     * @param position number of turns ahead
     * @param wait estimated wait; null if unknown
     */
    void publishQueued(Turn turn, int position, @Nullable Duration wait) {
        publishWait(turn, 0, new TurnEvent.Queued(position, wait, null));
    }

    /**
     * Publishes that the turn waits for a processor with its agent. The event has number 1, because number 0 is
     * reserved for the turn's position.
     */
    void publishWaitingForAgent(Turn turn) {
        publishWait(turn, 1, new TurnEvent.Queued(0, null, TurnEvent.Queued.WAITING_FOR_AGENT));
    }

    private void publishWait(Turn turn, int seq, TurnEvent.Queued event) {
        var _ = new TurnStream(turn, 0, seq, () -> {}).publishLast(event);
    }

    /**
     * Publishes the events of one attempt (run of the agent). Numbers the events, and combines small pieces of text
     * into fewer delta events. Discards everything that the agent sends after {@link #close}.
     *
     * <p>The first piece of text is published at once. Later pieces are gathered and published together after each
     * {@linkplain AnswerLimits#deltaInterval delta interval}.
     *
     * <p>Threading: the agent's thread calls the methods of {@link AnswerSink}. The lane thread calls
     * {@link #publishStarted}, {@link #close} and {@link #publishLast}. The executor publishes gathered text. One lock
     * guards numbering and publication, so that events are published in the order of their numbers.
     */
    final class TurnStream implements AnswerSink {

        private final Turn turn;
        private final int attempt;
        private final Runnable onTooLarge;

        private final ReentrantLock lock = new ReentrantLock();
        private final StringBuilder gathered = new StringBuilder();
        private int seq;
        private int position;
        private long bytes;
        private long artifactBytes;
        private boolean gathering;
        private boolean closed;

        private TurnStream(Turn turn, int attempt, int seq, Runnable onTooLarge) {
            this.turn = turn;
            this.attempt = attempt;
            this.seq = seq;
            this.onTooLarge = onTooLarge;
        }

        int attempt() {
            return attempt;
        }

        /**
         * Publishes the start of the attempt.
         *
         * @param mishap problem with the session's memory that the event reports to clients; null if there is none
         */
        void publishStarted(@Nullable MemoryIssue mishap) {
            publishUnlessClosed(new TurnEvent.Started(mishap));
        }

        @Override
        public void stage(String stage) {
            publishUnlessClosed(new TurnEvent.Stage(stage));
        }

        @Override
        public void artifact(Map<String, Object> artifact) {
            int size = wire.writeValue(artifact).length;
            lock.lock();
            try {
                artifactBytes += size;
                if (artifactBytes > limits.artifactBytes()) {
                    onTooLarge.run();
                } else {
                    publishUnlessClosed(new TurnEvent.ArtifactMade(artifact));
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void delta(String text) {
            lock.lock();
            try {
                bytes += text.getBytes(StandardCharsets.UTF_8).length;
                if (bytes > limits.textBytes()) {
                    onTooLarge.run();
                } else if (!closed) {
                    gathered.append(text);
                    if (!gathering) {
                        flush();
                        scheduleFlush();
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        /** Publishes the gathered text that is not published yet and closes the sink. */
        void close() {
            lock.lock();
            try {
                flush();
                closed = true;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Publishes the event that ends the attempt or the turn. Callers may repeat the call, and may call this method
         * after {@link #close}.
         *
         * @return completes when Kafka has acknowledged the event
         */
        CompletableFuture<?> publishLast(Body body) {
            lock.lock();
            try {
                return publish(body);
            } finally {
                lock.unlock();
            }
        }

        private void publishUnlessClosed(Body body) {
            lock.lock();
            try {
                if (!closed) {
                    flush();
                    var _ = publish(body);
                }
            } finally {
                lock.unlock();
            }
        }

        private void scheduleFlush() {
            gathering = true;
            var _ = delay.after(limits.deltaInterval(), () -> executor.execute(this::intervalPassed));
        }

        private void intervalPassed() {
            lock.lock();
            try {
                gathering = false;
                if (!closed && !gathered.isEmpty()) {
                    flush();
                    scheduleFlush();
                }
            } finally {
                lock.unlock();
            }
        }

        /**
         * Publishes the gathered text in pieces of bounded size. A surrogate pair is never divided: if a piece would
         * end with a high surrogate, this character goes to the next piece.
         */
        private void flush() {
            while (!closed && !gathered.isEmpty()) {
                int end = Math.min(gathered.length(), limits.deltaBytes() / 4);
                if (Character.isHighSurrogate(gathered.charAt(end - 1))) {
                    end--;
                }
                if (end == 0) {
                    return;
                }
                String piece = gathered.substring(0, end);
                gathered.delete(0, end);
                var _ = publish(new TurnEvent.Delta(piece, position));
                position += piece.codePointCount(0, piece.length());
            }
        }

        private CompletableFuture<?> publish(Body body) {
            return publisher.publish(
                    turn.session(),
                    turn.origin(),
                    new TurnEvent(
                            turn.requestId(),
                            turn.session().sessionId(),
                            attempt,
                            seq++,
                            clock.instant().truncatedTo(ChronoUnit.MILLIS),
                            body,
                            turn.envelope().callback()));
        }
    }
}
