package io.turnlane.processor.agent.configured;

import io.turnlane.model.AgentDescription;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.Question;
import java.time.Duration;
import java.util.Optional;

/** Factory that offers the agents of a built-in factory under another name. */
record RenamedAgentFactory(AgentDescription description, AgentFactory builtIn) implements AgentFactory {

    @Override
    public Optional<Duration> timeout() {
        return builtIn.timeout();
    }

    @Override
    public boolean answersAtOnce(Question question) {
        return builtIn.answersAtOnce(question);
    }

    @Override
    public Agent create() {
        return builtIn.create();
    }
}
