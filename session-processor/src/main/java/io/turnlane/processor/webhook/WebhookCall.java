package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.processor.turn.Turn;
import java.util.Locale;

/**
 * One terminal event on its way to its callback. The tries are counted here: they start anew with another processor.
 *
 * <p>Used by one thread at a time, its lane's.
 */
public final class WebhookCall {

    private final Turn event;
    private final CallbackUrl to;
    private final boolean turnedAway;
    private final Runnable hurry;
    private int tries;

    /**
     * As the poll thread took it in.
     *
     * @param event its envelope and its claim, as the poll thread handed them over
     * @param turnedAway whether its host has no place left for it
     * @param hurry ends its rest; any thread may call it
     */
    public WebhookCall(Turn event, CallbackUrl to, boolean turnedAway, Runnable hurry) {
        this.event = event;
        this.to = to;
        this.turnedAway = turnedAway;
        this.hurry = hurry;
    }

    public Turn event() {
        return event;
    }

    CallbackUrl to() {
        return to;
    }

    /** What its callback's share is counted by. */
    public static String hostOf(CallbackUrl to) {
        return to.value().getHost().toLowerCase(Locale.ROOT);
    }

    String host() {
        return hostOf(to);
    }

    boolean turnedAway() {
        return turnedAway;
    }

    Runnable hurry() {
        return hurry;
    }

    /** How often it was tried, with this time. */
    int tried() {
        return ++tries;
    }

    boolean fresh() {
        return tries == 0;
    }
}
