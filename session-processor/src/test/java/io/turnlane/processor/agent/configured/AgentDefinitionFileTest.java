package io.turnlane.processor.agent.configured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentType;
import io.turnlane.processor.agent.EchoAgent;
import io.turnlane.processor.agent.chat.TurnLimits;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentDefinitionFileTest {

    private final AgentBuilder builder = new AgentBuilder(
            _ -> Optional.empty(),
            List.of(),
            new Toolbox(List.of(), new ToolLimits(Duration.ofSeconds(1), 100)),
            new TurnLimits(10, 20_000),
            "USD");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        builder.close();
    }

    @Test
    void readsTheDefinitionsOfAllAgents() throws IOException {
        List<AgentDefinition> read = new ArrayList<>();
        var _ = file("""
                agents:
                  support:
                    type: ag-ui
                    url: http://127.0.0.1:9000/
                    headers:
                      Authorization: Bearer ${env:SUPPORT_TOKEN}
                  kimi:
                    type: chat
                    provider: kimi
                    model: kimi-k2
                    parameters: {temperature: 0.3}
                """).factories(definition -> {
            read.add(definition);
            return new EchoAgent.EchoAgentFactory();
        });
        assertThat(read)
                .extracting(AgentDefinition::name, AgentDefinition::type)
                .containsExactly(tuple("support", AgentType.AG_UI), tuple("kimi", AgentType.CHAT));
    }

    @Test
    void namesTheAgentAndTheFieldThatAreInvalid() throws IOException {
        rejected("agents: {kimi: {type: chat}}").hasMessageEndingWith("agent kimi: model is required.");
        rejected("agents: {kimi: 3}").hasMessageEndingWith("agent kimi must have fields.");
        rejected("kimi: {type: chat}").hasMessageContaining("must have one field, agents");
        rejected("agents: {kimi: [}").hasMessageContaining("is not a valid YAML file");
        assertThatThrownBy(() -> new AgentDefinitionFile(folder.resolve("missing")).factories(builder::build))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void namesTheAgentThatTheProcessorCannotOffer() throws IOException {
        rejected("agents: {kimi: {type: chat, model: m, url: 'http://127.0.0.1:1', tools: [weather]}}")
                .hasMessageContaining("agent kimi: tools has the unknown name weather; the tools are ");
        rejected("agents: {help: {type: route, targets: [{agent: kimi}]}}")
                .hasMessageContaining("agent help: help is a route")
                .hasMessageEndingWith("PUT /v1/agents.");
    }

    private AbstractThrowableAssert<?, ?> rejected(String text) throws IOException {
        AgentDefinitionFile file = file(text);
        return assertThatThrownBy(() -> file.factories(builder::build));
    }

    private AgentDefinitionFile file(String text) throws IOException {
        return new AgentDefinitionFile(Files.writeString(folder.resolve("agents.yaml"), text));
    }
}
