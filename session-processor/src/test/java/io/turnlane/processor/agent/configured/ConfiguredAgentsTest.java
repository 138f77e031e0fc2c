package io.turnlane.processor.agent.configured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentType;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.store.memory.Memory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredAgentsTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private final List<String> built = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();
    private final AgentCatalog catalog = new AgentCatalog(List.of(new NamedFactory("fixed", "code")));
    private final ConfiguredAgents agents = new ConfiguredAgents(catalog, this::build);

    /** Factory whose agents answer with its text. */
    private final class NamedFactory implements AgentFactory, AutoCloseable {

        private final String name;
        private final String text;

        NamedFactory(String name, String text) {
            this.name = name;
            this.text = text;
        }

        @Override
        public AgentDescription description() {
            return new AgentDescription(name, text, List.of());
        }

        @Override
        public Agent create() {
            return (_, _, _) -> Answer.ofText(text);
        }

        @Override
        public void close() {
            closed.add(text);
        }
    }

    private AgentFactory build(AgentDefinition definition) {
        String text = definition.description().description();
        if (definition.type() == AgentType.RETRIEVAL) {
            throw new IllegalStateException("no such agent here");
        }
        built.add(text);
        return new NamedFactory(definition.name(), text);
    }

    private static ConfiguredAgent agent(String name, String text) {
        return new ConfiguredAgent(name, Map.of("type", "echo", "description", text), NOW, null, null);
    }

    private String answerOf(String name) throws Exception {
        return catalog.create(name)
                .answer(new Question("?", Map.of()), Memory.EMPTY, new NoSink())
                .text();
    }

    @Test
    void offersWhatTheTopicLists() throws Exception {
        agents.replace(List.of(agent("a", "one"), agent("fixed", "configured")));
        assertThat(answerOf("a")).isEqualTo("one");
        assertThat(answerOf("fixed")).as("the configured agent is used").isEqualTo("configured");
        agents.replace(List.of());
        assertThat(answerOf("fixed")).isEqualTo("code");
        assertThatThrownBy(() -> catalog.create("a")).isInstanceOf(TerminalAgentException.class);
    }

    @Test
    void keepsTheFactoryOfAnUnchangedDefinitionAndClosesTheOthers() {
        agents.replace(List.of(agent("a", "one"), agent("b", "two")));
        agents.replace(List.of(agent("a", "one"), agent("b", "three")));
        assertThat(built).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(closed).containsExactly("two");
        agents.close();
        assertThat(closed).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void offersTheOtherAgentsIfOneCannotBeUsed() throws Exception {
        ConfiguredAgent newer = new ConfiguredAgent("newer", Map.of("type", "telepathy"), NOW, null, null);
        ConfiguredAgent broken = new ConfiguredAgent("broken", Map.of("type", "retrieval"), NOW, null, null);
        agents.replace(List.of(newer, broken, agent("a", "one")));
        assertThat(answerOf("a")).isEqualTo("one");
        assertThat(catalog.has("newer")).isFalse();
        assertThat(catalog.has("broken")).isFalse();
    }

    @Test
    void letsTheHeaviestTargetAnswerAQuestionThatNamesItsRoute() throws Exception {
        Map<String, Object> route = Map.of(
                "type",
                "route",
                "targets",
                List.of(Map.of("agent", "a", "weight", 1), Map.of("agent", "b", "weight", 9)));
        agents.replace(
                List.of(new ConfiguredAgent("help", route, NOW, null, null), agent("a", "one"), agent("b", "two")));
        assertThat(answerOf("help")).isEqualTo("two");
        assertThat(catalog.descriptions()).extracting(AgentDescription::name).doesNotContain("help");
    }

    @Test
    void letsARemovedAgentOrItsLastSuccessorAnswerAcceptedQuestions() throws Exception {
        ConfiguredAgent removed = agent("a", "one").remove(NOW, null);
        agents.replace(List.of(removed, agent("b", "two"), agent("c", "three")));
        assertThat(answerOf("a")).isEqualTo("one");
        assertThat(catalog.descriptions()).extracting(AgentDescription::name).doesNotContain("a");

        agents.replace(List.of(
                agent("a", "one").remove(NOW, "b"), agent("b", "two").remove(NOW, "fixed"), agent("c", "three")));
        assertThat(answerOf("a")).isEqualTo("code");
        assertThat(answerOf("b")).isEqualTo("code");

        agents.replace(
                List.of(agent("a", "one").remove(NOW, "b"), agent("b", "two").remove(NOW, "a")));
        assertThat(answerOf("a")).as("successors in a circle").isEqualTo("one");
    }
}
