package io.turnlane.processor.turn;

import io.turnlane.model.CalledModel;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnEvent.Body;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.events.RecordRefusedException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Events of a stream that are not published yet. Numbers and publishes them in order.
 *
 * <p>The log does not accept an event if the producer does not know the topic's partitions or if its buffer is full.
 * The event and all later events then stay here, until a later call publishes them.
 *
 * <p>Not thread-safe: the stream's lock guards every call.
 */
final class UnpublishedEvents {

    /** Number of events from which the stream discards further stages and tool calls. */
    private static final int MAX_WITH_PROGRESS = 1000;

    private final EventPublisher publisher;
    private final Turn turn;
    private final int attempt;
    private final Deque<UnpublishedEvent> events = new ArrayDeque<>();
    private int seq;

    private record UnpublishedEvent(Body body, Instant at, List<CalledModel> modelCalls) {}

    /** @param seq number of the first event */
    UnpublishedEvents(EventPublisher publisher, Turn turn, int attempt, int seq) {
        this.publisher = publisher;
        this.turn = turn;
        this.attempt = attempt;
        this.seq = seq;
    }

    int attempt() {
        return attempt;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    boolean hasRoomForProgress() {
        return events.size() < MAX_WITH_PROGRESS;
    }

    void add(Body body, Instant at) {
        events.addLast(new UnpublishedEvent(body, at, List.of()));
    }

    /**
     * Publishes the events in order, until the log does not accept one. There must be at least one.
     *
     * @return result of the latest publication
     */
    CompletableFuture<?> publish() {
        while (true) {
            CompletableFuture<?> published = publish(events.getFirst());
            if (isRefused(published)) {
                return published;
            }
            seq++;
            events.removeFirst();
            if (events.isEmpty()) {
                return published;
            }
        }
    }

    /**
     * Publishes the last event of an attempt, after the events that wait. If the attempt has no answer, its text is
     * void. The last event then follows the {@code started} event directly.
     *
     * @param modelCalls calls of models in the attempt
     */
    CompletableFuture<?> publishLast(Body last, Instant at, List<CalledModel> modelCalls) {
        if (!(last instanceof TurnEvent.Completed)) {
            events.removeIf(event -> !(event.body() instanceof TurnEvent.Started));
        }
        events.addLast(new UnpublishedEvent(last, at, modelCalls));
        CompletableFuture<?> published = publish();
        if (isRefused(published)) {
            events.removeLast(); // the caller repeats the call
        }
        return published;
    }

    static boolean isRefused(CompletableFuture<?> published) {
        return published.isCompletedExceptionally() && published.exceptionNow() instanceof RecordRefusedException;
    }

    private CompletableFuture<?> publish(UnpublishedEvent event) {
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
                        turn.envelope().callback(),
                        turn.envelope().agent(),
                        event.modelCalls()));
    }
}
