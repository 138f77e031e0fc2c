package io.turnlane.processor.agent.remote;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.remote.RemoteProtocol.AnswerReader;
import io.turnlane.processor.agent.remote.RemoteProtocol.RemoteTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answer that a protocol reads from events or from a document, without a connection. */
final class ReadAnswer implements AnswerSink {

    final List<String> stages = new ArrayList<>();
    final List<String> toolCalls = new ArrayList<>();
    Map<String, Object> state;
    private final StringBuilder deltas = new StringBuilder();
    private final AnswerReader reader;

    ReadAnswer(RemoteProtocol protocol) {
        this(protocol, Map.of());
    }

    /** @param state state of the agent before the turn */
    ReadAnswer(RemoteProtocol protocol, Map<String, Object> state) {
        reader = protocol.reader(new AnswerText(this), new RemoteTurn(null, "support", null, null, List.of(), state));
    }

    /** Reads a complete stream of events. */
    Answer events(String... events) throws RemoteFault {
        for (int i = 0; i < events.length; i++) {
            if (reader.readEvent(events[i]) && i < events.length - 1) {
                throw new AssertionError("the answer ended before event " + (i + 1));
            }
        }
        return checked();
    }

    Answer document(String document) throws RemoteFault {
        reader.readDocument(RemoteJson.read(document));
        return checked();
    }

    private Answer checked() throws RemoteFault {
        Answer answer = reader.answer();
        if (!answer.text().contentEquals(deltas)) {
            throw new AssertionError("the deltas are not the text");
        }
        return answer;
    }

    /** Returns true if the turn fails at once, and false if the processor repeats it. */
    static boolean isTerminal(Throwable fault) {
        return ((RemoteFault) fault).toException("a", "h") instanceof TerminalAgentException;
    }

    @Override
    public void stage(String stage) {
        stages.add(stage);
    }

    @Override
    public void delta(String text) {
        deltas.append(text);
    }

    @Override
    public void artifact(Map<String, Object> artifact) {
        throw new AssertionError("no artifacts");
    }

    @Override
    public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
        toolCalls.add(tool + " " + outcome);
    }

    @Override
    public void state(Map<String, Object> changed) {
        state = changed;
    }
}
