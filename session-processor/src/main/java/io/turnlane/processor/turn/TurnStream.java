package io.turnlane.processor.turn;

import io.turnlane.model.MemoryIssue;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnEvent.Body;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.turn.TurnKit.TurnRuntime;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt tells its clients: numbers the events, gathers small deltas into fewer events, and falls silent when
 * its flight ends, so that a late agent talks to nobody.
 *
 * <p>The first delta leaves at once; the next ones leave together each time the gathering time has passed.
 *
 * <p>Threading: the agent's thread speaks, the delay's thread asks for a flush, which the executor runs. One lock
 * guards number, order and publication, so that events are published in the order of their numbers.
 */
final class TurnStream implements AnswerSink {

    private final Turn turn;
    private final int attempt;
    private final EventPublisher publisher;
    private final AnswerLimits limits;
    private final TurnRuntime surroundings;
    private final Runnable tooLarge;

    private final ReentrantLock lock = new ReentrantLock();
    private final StringBuilder gathered = new StringBuilder();
    private int seq;
    private int told;
    private long bytes;
    private boolean gathering;
    private boolean silent;

    /** @param tooLarge is called when more was said than an answer may hold */
    TurnStream(Turn turn, int attempt, TurnKit kit, Runnable tooLarge) {
        this.turn = turn;
        this.attempt = attempt;
        this.publisher = kit.services().events();
        this.limits = kit.rules().limits();
        this.surroundings = kit.runtime();
        this.tooLarge = tooLarge;
    }

    /** The attempt begins, with memory as it was left, or not. */
    void publishStarted(@Nullable MemoryIssue mishap) {
        tell(new TurnEvent.Started(mishap));
    }

    @Override
    public void stage(String stage) {
        tell(new TurnEvent.Stage(stage));
    }

    @Override
    public void artifact(Map<String, Object> artifact) {
        tell(new TurnEvent.ArtifactMade(artifact));
    }

    @Override
    public void delta(String text) {
        lock.lock();
        try {
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limits.textBytes()) {
                tooLarge.run();
            } else if (!silent) {
                gathered.append(text);
                if (!gathering) {
                    flush();
                    gatherAgain();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells what is still gathered, and then nothing more. */
    void close() {
        lock.lock();
        try {
            flush();
            silent = true;
        } finally {
            lock.unlock();
        }
    }

    /** The event that ends the attempt or the turn; may be told after {@link #close}, and again. */
    CompletableFuture<?> publishLast(Body body) {
        lock.lock();
        try {
            return publish(body);
        } finally {
            lock.unlock();
        }
    }

    private void tell(Body body) {
        lock.lock();
        try {
            if (!silent) {
                flush();
                var _ = publish(body);
            }
        } finally {
            lock.unlock();
        }
    }

    private void gatherAgain() {
        gathering = true;
        var _ = surroundings
                .delay()
                .after(limits.deltaInterval(), () -> surroundings.executor().execute(this::gatheredLongEnough));
    }

    private void gatheredLongEnough() {
        lock.lock();
        try {
            gathering = false;
            if (!silent && !gathered.isEmpty()) {
                flush();
                gatherAgain();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Publishes the gathered text in pieces of bounded size; the first half of a split pair of characters stays for the
     * next.
     */
    private void flush() {
        while (!silent && !gathered.isEmpty()) {
            int end = Math.min(gathered.length(), limits.deltaBytes() / 4);
            if (Character.isHighSurrogate(gathered.charAt(end - 1))) {
                end--;
            }
            if (end == 0) {
                return;
            }
            String piece = gathered.substring(0, end);
            gathered.delete(0, end);
            var _ = publish(new TurnEvent.Delta(piece, told));
            told += piece.codePointCount(0, piece.length());
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
                        surroundings.clock().instant().truncatedTo(ChronoUnit.MILLIS),
                        body,
                        turn.envelope().callback()));
    }
}
