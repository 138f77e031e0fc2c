package example;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import java.util.List;

/** Answers each question with a haiku about it. */
public final class HaikuAgent implements AgentFactory {

    @Override
    public AgentDescription description() {
        return new AgentDescription("haiku", "Answers in seventeen syllables.", List.of("Rain on the harbour"));
    }

    @Override
    public Agent create() {
        return (question, memory, sink) -> {
            sink.stage("counting syllables");
            return Answer.ofText("> " + question.text()
                    + "\n\nAn old silent pond,  \na frog jumps into the pond:  \nsplash! Silence again.");
        };
    }
}
