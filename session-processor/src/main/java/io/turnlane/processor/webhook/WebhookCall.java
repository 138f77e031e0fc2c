package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.processor.turn.Turn;

/**
 * One terminal event on its way to its callback. The tries are counted here: they start anew with another processor.
 *
 * <p>Used by one thread at a time, its lane's.
 */
public final class WebhookCall {

    private final Turn event;
    private final CallbackUrl to;
    private int tries;

    /** @param event its envelope and its claim, as the poll thread handed them over */
    public WebhookCall(Turn event, CallbackUrl to) {
        this.event = event;
        this.to = to;
    }

    public Turn event() {
        return event;
    }

    CallbackUrl to() {
        return to;
    }

    /** How often it was tried, with this time. */
    int tried() {
        return ++tries;
    }

    boolean fresh() {
        return tries == 0;
    }
}
