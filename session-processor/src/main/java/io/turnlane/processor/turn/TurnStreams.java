package io.turnlane.processor.turn;

import io.turnlane.model.MemoryIssue;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnEvent.Body;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.events.RecordRefusedException;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Creates the streams that publish the events of turns. Thread-safe. */
final class TurnStreams {

    /** Time after which an event that the log did not accept is published again. */
    private static final Duration REFUSED_DELAY = Duration.ofMillis(100);

    /** Number of waiting events of a stream from which the stream discards further stages. */
    private static final int MAX_WAITING = 1000;

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
     * @param publishesAtEnd true to publish all events together with the attempt's last event, because the agent
     *     answers at once
     * @param onTooLarge called if the text or the artifacts exceed the maximum size of an answer
     */
    TurnStream ofAttempt(Turn turn, int attempt, boolean publishesAtEnd, Runnable onTooLarge) {
        return new TurnStream(turn, attempt, 0, publishesAtEnd, onTooLarge);
    }

    /**
     * Creates a stream for the last event of an attempt. Another flight has published the earlier events of the
     * attempt.
     */
    TurnStream ofEnd(Turn turn, int attempt) {
        return new TurnStream(turn, attempt, TurnEvent.SEQ_AFTER_ALL, false, () -> {});
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
        var _ = new TurnStream(turn, 0, seq, false, () -> {}).publishLast(event);
    }

    /**
     * Publishes the events of one attempt (run of the agent). Numbers the events, and combines small pieces of text
     * into fewer delta events. Discards everything that the agent sends after {@link #close}.
     *
     * <p>The first piece of text is published at once. Later pieces are gathered and published together when the
     * {@linkplain AnswerLimits#deltaInterval delta interval} since the previous text has passed.
     *
     * <p>If the log does not accept an event, because the producer does not know the topic's partitions or its buffer
     * is full, the event and all later events wait. They are published in order when the log accepts them again, at the
     * latest before the attempt's last event. If the attempt has no answer, its last event follows the {@code started}
     * event directly, because the text of such an attempt is void.
     *
     * <p>A stream that {@linkplain #ofAttempt publishes at the end} keeps all events until the last one. The producer
     * can then send all of them in one batch.
     *
     * <p>Threading: the agent's thread calls the methods of {@link AnswerSink}. The lane thread calls
     * {@link #publishStarted}, {@link #close} and {@link #publishLast}. The executor publishes text and events that
     * waited. One lock guards numbering and publication, so that events are published in the order of their numbers.
     */
    final class TurnStream implements AnswerSink {

        private final Turn turn;
        private final int attempt;
        private final Runnable onTooLarge;

        private final ReentrantLock lock = new ReentrantLock();
        private final StringBuilder gathered = new StringBuilder();
        private final Deque<WaitingEvent> waiting = new ArrayDeque<>();
        private int seq;
        private int position;
        private long bytes;
        private long artifactBytes;
        private @Nullable Instant lastText;
        private @Nullable Cancellation timer;
        private boolean publishesAtEnd;
        private boolean closed;

        private TurnStream(Turn turn, int attempt, int seq, boolean publishesAtEnd, Runnable onTooLarge) {
            this.turn = turn;
            this.attempt = attempt;
            this.seq = seq;
            this.publishesAtEnd = publishesAtEnd;
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
            lock.lock();
            try {
                if (waiting.size() < MAX_WAITING) {
                    publishUnlessClosed(new TurnEvent.Stage(stage));
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void artifact(Map<String, Object> artifact) {
            byte[] json = wire.writeValue(artifact);
            lock.lock();
            try {
                artifactBytes += json.length;
                if (artifactBytes > limits.artifactBytes()) {
                    onTooLarge.run();
                } else {
                    publishUnlessClosed(new TurnEvent.ArtifactMade(copyOf(json)));
                }
            } finally {
                lock.unlock();
            }
        }

        /** Returns a copy, because the agent may change its artifact before the event is published. */
        private Map<String, Object> copyOf(byte[] json) {
            try {
                return wire.readObject(json);
            } catch (UnreadableRecordException e) {
                throw new IllegalStateException("an artifact cannot be read again", e);
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
                    flushIfDue();
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
                if (timer != null) {
                    timer.cancel();
                }
            } finally {
                lock.unlock();
            }
        }

        /**
         * Publishes the event that ends the attempt or the turn, after the events that wait. Callers may repeat the
         * call, and may call this method after {@link #close}.
         *
         * @return completes when Kafka has acknowledged the event; fails if the log does not accept the event or an
         *     earlier one
         */
        CompletableFuture<?> publishLast(Body body) {
            lock.lock();
            try {
                publishesAtEnd = false;
                if (!(body instanceof TurnEvent.Completed)) {
                    waiting.removeIf(event -> !(event.body() instanceof TurnEvent.Started));
                }
                waiting.addLast(new WaitingEvent(body, now()));
                CompletableFuture<?> last = publishWaiting();
                if (isRefused(last)) {
                    waiting.removeLast(); // the caller repeats the call
                }
                return last;
            } finally {
                lock.unlock();
            }
        }

        private void publishUnlessClosed(Body body) {
            lock.lock();
            try {
                if (!closed) {
                    endText();
                    waiting.addLast(new WaitingEvent(body, now()));
                    publishUnlessAtEnd();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Publishes the gathered text now, or with a timer when the delta interval has passed. */
        private void flushIfDue() {
            Duration sinceLast =
                    lastText == null ? limits.deltaInterval() : Duration.between(lastText, clock.instant());
            if (sinceLast.isNegative() || sinceLast.compareTo(limits.deltaInterval()) >= 0) {
                flush();
            } else if (!publishesAtEnd) {
                startTimer(limits.deltaInterval().minus(sinceLast));
            }
        }

        private void startTimer(Duration time) {
            if (timer == null && !closed) {
                timer = delay.after(time, () -> executor.execute(this::timePassed));
            }
        }

        private void timePassed() {
            lock.lock();
            try {
                timer = null;
                if (!closed) {
                    flush();
                }
            } finally {
                lock.unlock();
            }
        }

        private void flush() {
            endText();
            publishUnlessAtEnd();
        }

        /**
         * Turns the gathered text into events of bounded size. A surrogate pair is never divided: if a piece would end
         * with a high surrogate, this character goes to the next piece.
         */
        private void endText() {
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
                lastText = now();
                waiting.addLast(new WaitingEvent(new TurnEvent.Delta(piece, position), lastText));
                position += piece.codePointCount(0, piece.length());
            }
        }

        private void publishUnlessAtEnd() {
            if (!publishesAtEnd && !waiting.isEmpty() && isRefused(publishWaiting())) {
                startTimer(REFUSED_DELAY);
            }
        }

        /**
         * Publishes the waiting events in order, until the log does not accept one.
         *
         * @return result of the latest publication
         */
        private CompletableFuture<?> publishWaiting() {
            while (true) {
                CompletableFuture<?> published = publish(waiting.getFirst());
                if (isRefused(published)) {
                    return published;
                }
                seq++;
                waiting.removeFirst();
                if (waiting.isEmpty()) {
                    return published;
                }
            }
        }

        private CompletableFuture<?> publish(WaitingEvent event) {
            return publisher.publish(
                    turn.session(),
                    turn.origin(),
                    new TurnEvent(
                            turn.requestId(),
                            turn.session().sessionId(),
                            attempt,
                            seq,
                            event.at(),
                            event.body(),
                            turn.envelope().callback()));
        }
    }

    /** Event that is not published yet. */
    private record WaitingEvent(Body body, Instant at) {}

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static boolean isRefused(CompletableFuture<?> published) {
        return published.isCompletedExceptionally() && published.exceptionNow() instanceof RecordRefusedException;
    }
}
