package io.turnlane.processor.agent.configured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentDefinitionFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsTheDefinitionsOfAllAgents() throws IOException {
        assertThat(file("""
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
                """).read())
                .extracting(AgentDefinition::name, AgentDefinition::type)
                .containsExactly(tuple("support", AgentType.AG_UI), tuple("kimi", AgentType.CHAT));
    }

    @Test
    void namesTheAgentAndTheFieldThatAreInvalid() throws IOException {
        assertThatThrownBy(file("agents: {kimi: {type: chat}}")::read)
                .hasMessageEndingWith("agent kimi: model is required.");
        assertThatThrownBy(file("agents: {kimi: 3}")::read).hasMessageEndingWith("agent kimi must have fields.");
        assertThatThrownBy(file("kimi: {type: chat}")::read).hasMessageContaining("must have one field, agents");
        assertThatThrownBy(file("agents: {kimi: [}")::read).hasMessageContaining("is not a valid YAML file");
        assertThatThrownBy(new AgentDefinitionFile(folder.resolve("missing"))::read)
                .hasMessageContaining("cannot be read");
    }

    private AgentDefinitionFile file(String text) throws IOException {
        return new AgentDefinitionFile(Files.writeString(folder.resolve("agents.yaml"), text));
    }
}
