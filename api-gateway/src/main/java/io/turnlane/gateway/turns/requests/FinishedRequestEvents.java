package io.turnlane.gateway.turns.requests;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.store.request.RequestRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reconstructs the events of a finished request from its record: {@code started}, one {@code delta} with the whole
 * text, and the terminal event. If the request has no answer, {@code started} and {@code delta} are omitted.
 */
public record FinishedRequestEvents(WireFormat wire) {

    /**
     * Event to send to a client.
     *
     * @param json event as UTF-8 encoded JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
    public record ReconstructedEvent(String type, byte[] json) {}

    /**
     * Returns all events of a finished request.
     *
     * @throws IllegalArgumentException if the request has not ended
     */
    public List<ReconstructedEvent> all(RequestRecord request) {
        List<ReconstructedEvent> events = new ArrayList<>();
        Answer answer = request.answer();
        if (answer != null) {
            events.add(event(request, 0, new TurnEvent.Started()));
            events.add(event(request, 1, new TurnEvent.Delta(answer.text(), 0)));
        }
        events.add(terminal(request, events.size()));
        return events;
    }

    /**
     * Returns only the terminal event of a finished request.
     *
     * @throws IllegalArgumentException if the request has not ended
     */
    public ReconstructedEvent terminal(RequestRecord request) {
        return terminal(request, TurnEvent.SEQ_AFTER_ALL);
    }

    private ReconstructedEvent terminal(RequestRecord request, int seq) {
        Answer answer = request.answer();
        return switch (request.status()) {
            case COMPLETED ->
                event(request, seq, new TurnEvent.Completed(Objects.requireNonNullElse(answer, Answer.ofText(""))));
            case FAILED -> event(request, seq, new TurnEvent.Failed(error(request), request.usage()));
            case CANCELLED -> event(request, seq, new TurnEvent.Cancelled(cause(request), request.usage()));
            case SUPERSEDED -> event(request, seq, new TurnEvent.Superseded(cause(request)));
            case REJECTED -> event(request, seq, new TurnEvent.Rejected(cause(request)));
            case QUEUED, RUNNING, RETRYING -> throw new IllegalArgumentException("the request has not ended");
        };
    }

    private static EndCause cause(RequestRecord request) {
        return Objects.requireNonNullElseGet(
                request.cause(), () -> new EndCause(request.status().wire(), null));
    }

    private ReconstructedEvent event(RequestRecord request, int seq, TurnEvent.Body body) {
        TurnEvent event =
                new TurnEvent(request.requestId(), request.sessionId(), request.attempt(), seq, at(request), body);
        return new ReconstructedEvent(body.type(), wire.write(event));
    }

    private static Instant at(RequestRecord request) {
        return Objects.requireNonNullElse(request.finishedAt(), request.createdAt());
    }

    private static TurnError error(RequestRecord request) {
        return Objects.requireNonNullElseGet(
                request.error(),
                () -> TurnError.of(ErrorCode.AGENT_ERROR, "The turn failed, but no error was recorded."));
    }
}
