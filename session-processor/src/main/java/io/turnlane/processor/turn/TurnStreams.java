package io.turnlane.processor.turn;

import io.turnlane.model.MemoryIssue;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnEvent.Body;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Creates the streams that publish the events of turns. Thread-safe.
 *
 * <p>The journey of a turn continues in the gateway, in {@code EventFollower}.
 */
final class TurnStreams {

    /** Time after which an event that the log did not accept is published again. */
    private static final Duration REFUSED_DELAY = Duration.ofMillis(100);

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
     * Publishes that a turn waits. The position has number 0, and a wait for a processor with the turn's agent number
     * 1.
     */
    void publishWait(Turn turn, TurnEvent.Queued event) {
        int seq = event.reason() == null ? 0 : 1;
        var _ = new TurnStream(turn, 0, seq, false, () -> {}).publishLast(event);
    }

    /**
     * Publishes the events of one attempt (run of the agent) in the order of their numbers, and combines small pieces
     * of text into fewer delta events. Discards everything that the agent sends after {@link #close}.
     *
     * <p>The first piece of text is published at once. Later pieces are gathered and published together when the
     * {@linkplain AnswerLimits#deltaInterval delta interval} since the previous text has passed.
     *
     * <p>Events that the log does not accept are published when it accepts them again, at the latest before the
     * attempt's last event.
     *
     * <p>A stream that {@linkplain #ofAttempt publishes at the end} keeps all events until the last one. The producer
     * can then send all of them in one batch.
     *
     * <p>Threading: the agent's thread calls the methods of {@link AnswerSink}. The lane thread calls
     * {@link #publishStarted}, {@link #close} and {@link #publishLast}. The executor publishes text and events that
     * waited. One lock guards numbering and publication, so that events are published in the order of their numbers.
     */
    final class TurnStream implements AnswerSink {

        private final UnpublishedEvents events;
        private final boolean publishesAtEnd;
        private final Runnable onTooLarge;

        private final ReentrantLock lock = new ReentrantLock();
        private final GatheredText gathered = new GatheredText(limits.deltaBytes());
        private final ModelCalls modelCalls = new ModelCalls();
        private long bytes;
        private long artifactBytes;
        private @Nullable Instant lastText;
        private @Nullable Cancellation timer;
        private boolean closed;

        private TurnStream(Turn turn, int attempt, int seq, boolean publishesAtEnd, Runnable onTooLarge) {
            this.events = new UnpublishedEvents(publisher, turn, attempt, seq);
            this.publishesAtEnd = publishesAtEnd;
            this.onTooLarge = onTooLarge;
        }

        int attempt() {
            return events.attempt();
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
            publishProgress(new TurnEvent.Stage(stage));
        }

        @Override
        public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
            publishProgress(new TurnEvent.ToolCalled(tool, duration, outcome));
        }

        @Override
        public void modelCall(
                String provider, String model, Duration waited, Duration duration, String outcome, Usage usage) {
            modelCalls.add(now(), provider, model, waited, duration, outcome, usage);
        }

        private void publishProgress(Body body) {
            lock.lock();
            try {
                if (events.hasRoomForProgress()) {
                    publishUnlessClosed(body);
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
                    // a copy, because the agent may change its artifact before the event is published
                    publishUnlessClosed(new TurnEvent.ArtifactMade(wire.readWritten(json)));
                }
            } finally {
                lock.unlock();
            }
        }

        /** Does nothing, because clients do not see the state of an agent. */
        @Override
        public void state(Map<String, Object> state) {}

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
                return events.publishLast(body, now(), modelCalls.all());
            } finally {
                lock.unlock();
            }
        }

        private void publishUnlessClosed(Body body) {
            lock.lock();
            try {
                if (!closed) {
                    endText();
                    events.add(body, now());
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

        private void endText() {
            for (var delta = closed ? null : gathered.next(); delta != null; delta = gathered.next()) {
                lastText = now();
                events.add(delta, lastText);
            }
        }

        private void publishUnlessAtEnd() {
            if (!publishesAtEnd && !events.isEmpty() && UnpublishedEvents.isRefused(events.publish())) {
                startTimer(REFUSED_DELAY);
            }
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
