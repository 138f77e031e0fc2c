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
    private final CallbackUrl callbackUrl;
    private final boolean isRejected;
    private final Runnable skipDelay;
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
        this.callbackUrl = to;
        this.isRejected = turnedAway;
        this.skipDelay = hurry;
    }

    public Turn event() {
        return event;
    }

    CallbackUrl callbackUrl() {
        return callbackUrl;
    }

    /** What its callback's share is counted by. */
    public static String hostOf(CallbackUrl to) {
        return to.value().getHost().toLowerCase(Locale.ROOT);
    }

    String host() {
        return hostOf(callbackUrl);
    }

    boolean isRejected() {
        return isRejected;
    }

    Runnable skipDelay() {
        return skipDelay;
    }

    /** How often it was tried, with this time. */
    int countCall() {
        return ++tries;
    }

    boolean isFirstCall() {
        return tries == 0;
    }
}
