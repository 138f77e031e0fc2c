package io.turnlane.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.agent.AgentSettings;
import io.turnlane.model.agent.ModelService;
import io.turnlane.standalone.terminal.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatVariablesTest {

    @Test
    void aProviderWithADefaultModelNeedsOnlyItsKey() {
        ModelService service = service(Map.of("TURNLANE_CHAT_PROVIDER", "kimi", "MOONSHOT_API_KEY", "k"));
        assertThat(service.model()).isEqualTo("kimi-k2.6");
        assertThat(service.url()).hasToString("https://api.moonshot.ai/v1");
        assertThat(service.key().template()).isEqualTo("${env:MOONSHOT_API_KEY}");
    }

    @Test
    void modelAndAddressCanBeSet() {
        ModelService service = service(Map.of(
                "TURNLANE_CHAT_PROVIDER", "other",
                "TURNLANE_CHAT_MODEL", "m-7",
                "TURNLANE_CHAT_URL", "http://127.0.0.1:4000/v1"));
        assertThat(service.model()).isEqualTo("m-7");
        assertThat(service.url()).hasToString("http://127.0.0.1:4000/v1");
        assertThat(service.key()).isNull();
    }

    @Test
    void noProviderMeansNoAgent() {
        assertThat(ChatVariables.read(Map.of("TURNLANE_CHAT_PROVIDER", " "))).isEmpty();
    }

    @Test
    void theMessageNamesTheVariableThatIsMissingOrInvalid() {
        assertRejected(Map.of("TURNLANE_CHAT_PROVIDER", "kimi"), "Set MOONSHOT_API_KEY");
        assertRejected(Map.of("TURNLANE_CHAT_PROVIDER", "kimi", "MOONSHOT_API_KEY", ""), "Set MOONSHOT_API_KEY");
        assertRejected(Map.of("TURNLANE_CHAT_PROVIDER", "moonshot"), "openai, kimi, glm, deepseek");
        assertRejected(Map.of("TURNLANE_CHAT_PROVIDER", "ollama"), "Set TURNLANE_CHAT_MODEL");
        assertRejected(Map.of("TURNLANE_CHAT_PROVIDER", "other", "TURNLANE_CHAT_MODEL", "m"), "Set TURNLANE_CHAT_URL");
        assertRejected(
                Map.of("TURNLANE_CHAT_PROVIDER", "ollama", "TURNLANE_CHAT_MODEL", "m", "TURNLANE_CHAT_URL", "no url"),
                "url");
        assertRejected(Map.of("TURNLANE_CHAT_MODEL", "m"), "TURNLANE_CHAT_PROVIDER");
    }

    private static ModelService service(Map<String, String> environment) {
        var agent = ChatVariables.read(environment).orElseThrow();
        assertThat(agent.name()).isEqualTo("chat");
        return ((AgentSettings.Chat) agent.settings()).service();
    }

    private static void assertRejected(Map<String, String> environment, String message) {
        assertThatThrownBy(() -> ChatVariables.read(environment))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }
}
