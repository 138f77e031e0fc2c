package io.turnlane.processor.agent.chat;

import io.turnlane.model.TurnEvent;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.AnswerSink;

/** Text that a turn has sent, over all of its model calls. Only the agent's thread uses it. */
final class TurnOutput {

    private static final String BETWEEN_CALLS = "\n\n";

    private final AnswerSink sink;
    private final StringBuilder text = new StringBuilder();
    private boolean isThinkingSent;
    private boolean isNewCall;

    TurnOutput(AnswerSink sink) {
        this.sink = sink;
    }

    /** Separates the text of the next call from the text so far. */
    void beginCall() {
        isNewCall = true;
    }

    void delta(String delta) {
        if (isNewCall && !text.isEmpty()) {
            send(BETWEEN_CALLS);
        }
        isNewCall = false;
        send(delta);
    }

    private void send(String delta) {
        text.append(delta);
        sink.delta(delta);
    }

    /** Sends the stage {@code thinking}, once for each turn. */
    void thinking() {
        if (!isThinkingSent) {
            isThinkingSent = true;
            sink.stage("thinking");
        }
    }

    /** Sends a stage that explains why the turn does not continue: the limits of the provider allow no call now. */
    void waitsForProvider(String provider) {
        sink.stage(TurnEvent.Stage.WAITING_FOR_PROVIDER + provider);
    }

    /** Sends the stage that follows {@link #waitsForProvider}. */
    void callsProvider(String provider) {
        sink.stage("calling " + provider);
    }

    /** Returns the report of a call that begins now. */
    CallReport reportOf(ModelService service) {
        return new CallReport(service, sink);
    }

    /** Returns true if clients may have received text, so that a call must not be repeated within this attempt. */
    boolean hasText() {
        return !text.isEmpty();
    }

    String text() {
        return text.toString();
    }
}
