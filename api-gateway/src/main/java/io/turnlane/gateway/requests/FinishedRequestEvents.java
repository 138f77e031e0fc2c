package io.turnlane.gateway.requests;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A finished request told as events, from its record: {@code started}, one {@code delta} with all the text, its end.
 */
public final class FinishedRequestEvents {

    private final WireFormat wire;

    public FinishedRequestEvents(WireFormat wire) {
        this.wire = wire;
    }

    /** An event's name and its JSON. */
    @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
    public record ReconstructedEvent(String type, byte[] json) {}

    /** The whole of it. */
    public List<ReconstructedEvent> all(RequestRecord request) {
        List<ReconstructedEvent> told = new ArrayList<>();
        Answer answer = request.answer();
        if (answer != null) {
            told.add(told(request, 0, new TurnEvent.Started()));
            told.add(told(request, 1, new TurnEvent.Delta(answer.text(), 0)));
        }
        told.add(terminal(request, told.size()));
        return told;
    }

    /** The terminal event alone. */
    public ReconstructedEvent terminal(RequestRecord request) {
        return terminal(request, 0);
    }

    private ReconstructedEvent terminal(RequestRecord request, int seq) {
        Answer answer = request.answer();
        return switch (request.status()) {
            case COMPLETED ->
                told(request, seq, new TurnEvent.Completed(Objects.requireNonNullElse(answer, Answer.ofText(""))));
            case FAILED -> told(request, seq, new TurnEvent.Failed(error(request)));
            case CANCELLED -> told(request, seq, new TurnEvent.Cancelled(cause(request)));
            case SUPERSEDED -> told(request, seq, new TurnEvent.Superseded(cause(request)));
            case REJECTED -> told(request, seq, new TurnEvent.Rejected(cause(request)));
            case QUEUED, RUNNING, RETRYING -> throw new IllegalArgumentException("has not ended");
        };
    }

    private static EndCause cause(RequestRecord request) {
        return Objects.requireNonNullElseGet(
                request.cause(), () -> new EndCause(request.status().wire(), null));
    }

    private ReconstructedEvent told(RequestRecord request, int seq, TurnEvent.Body body) {
        TurnEvent event =
                new TurnEvent(request.requestId(), request.sessionId(), request.attempt(), seq, at(request), body);
        return new ReconstructedEvent(body.type(), wire.write(event));
    }

    private static Instant at(RequestRecord request) {
        return Objects.requireNonNullElse(request.finishedAt(), request.createdAt());
    }

    private static TurnError error(RequestRecord request) {
        return Objects.requireNonNullElseGet(
                request.error(), () -> TurnError.of(ErrorCode.AGENT_ERROR, "the turn failed"));
    }
}
