package io.turnlane.model.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentDefinitionTest {

    private static final Map<String, Object> KIMI = Map.of(
            "type",
            "chat",
            "provider",
            "kimi",
            "model",
            "kimi-k2",
            "system",
            "Be brief.",
            "parameters",
            Map.of("temperature", 0.6),
            "timeouts",
            Map.of("idle", 2.5),
            "limits",
            Map.of("concurrent", 10, "requests_per_second", 50),
            "price",
            Map.of("input", 0.6, "output", 2.5),
            "fallbacks",
            List.of(Map.of("model", "small", "url", "http://127.0.0.1:8000/v1")),
            "tools",
            List.of("impermanent_loss"));

    private static final Map<String, Object> SUPPORT = Map.of(
            "type",
            "ag-ui",
            "url",
            "http://127.0.0.1:9000/",
            "headers",
            Map.of("Authorization", "Bearer ${env:SUPPORT_TOKEN}"),
            "price",
            Map.of("output", 3),
            "examples",
            List.of("Where is my parcel?"));

    @Test
    void takesWhatIsMissingFromTheProvidersPreset() throws Exception {
        AgentSettings.Chat chat =
                (AgentSettings.Chat) AgentDefinition.read("kimi", KIMI).settings();
        assertThat(chat.service().url()).hasToString("https://api.moonshot.ai/v1");
        assertThat(chat.service().key()).isEqualTo(new SecretText("${env:MOONSHOT_API_KEY}"));
        assertThat(chat.service().timeouts().idle()).hasMillis(2500);
        assertThat(chat.service().timeouts().connect()).isEqualTo(CallTimeouts.DEFAULT.connect());
        assertThat(chat.fallbacks())
                .singleElement()
                .extracting(ModelService::key)
                .isNull();
    }

    @Test
    void hasThePriceOfEachModel() throws Exception {
        AgentSettings.Chat chat =
                (AgentSettings.Chat) AgentDefinition.read("kimi", KIMI).settings();
        Price price = chat.service().price();
        assertThat(price).isEqualTo(new Price(0.6, 2.5));
        assertThat(price.of(new Usage(3, 1_000_000, 200_000), "EUR"))
                .isEqualTo(new Usage(3, 1_000_000, 200_000, 1.1, "EUR"));
        assertThat(chat.fallbacks().getFirst().price()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "messages", "stream", "stream_options", "n", "tools", "tool_choice"})
    void rejectsParametersThatTurnlaneSets(String name) {
        Map<String, Object> values = new HashMap<>(KIMI);
        values.put("parameters", Map.of(name, 2));
        assertThatThrownBy(() -> AgentDefinition.read("kimi", values))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageStartingWith("parameters." + name + " must not be set");
    }

    @Test
    void isReadFromItsOwnJson() throws Exception {
        WireFormat wire = new WireFormat();
        Map<String, Object> keeping = new HashMap<>(KIMI);
        keeping.put("keep_messages", true);
        for (Map<String, Object> values : List.of(KIMI, keeping, SUPPORT, Map.<String, Object>of("type", "echo"))) {
            AgentDefinition definition = AgentDefinition.read("one", values);
            byte[] json = wire.writeValue(definition.fields());
            assertThat(AgentDefinition.read("one", wire.readObject(json))).isEqualTo(definition);
        }
    }

    @Test
    void hasSecretsByReferenceOnly() throws Exception {
        AgentSettings.Remote remote =
                (AgentSettings.Remote) AgentDefinition.read("support", SUPPORT).settings();
        SecretText header = remote.headers().get("Authorization");
        assertThat(header.resolve(reference -> Optional.of(
                        reference.equals(new SecretText.Reference.Variable("SUPPORT_TOKEN")) ? "$1 a" : "other")))
                .contains("Bearer $1 a");
        assertThat(header.resolve(_ -> Optional.empty())).isEmpty();
        assertThat(new SecretText("${file:token}").resolve(reference -> Optional.of(reference.toString())))
                .contains(new SecretText.Reference.SecretFile("token").toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    type              | chatt            | type must be one of chat, responses
                    type              |                  | type is required
                    model             |                  | model is required
                    provider          | kimmi            | provider must be one of openai, kimi
                    key               | sk-123           | key must refer to a secret
                    key               | ${env:A B}       | key must refer to secrets as
                    url               | ftp://x/         | url must be an http or https URL
                    url               | http://u:p@x/    | url must be an http or https URL
                    timeouts          | 3                | timeouts must be an object
                    price             | 3                | price must be an object
                    modell            | kimi-k2          | modell is not a field of this definition; its fields are
                    history_tokens    | -1               | history_tokens must be a number from 0
                    tools             | all              | tools must be a list
                    examples          | all              | examples must be a list
                    system            | ' '              | system must be a text
                    keep_messages     | yes              | keep_messages must be true or false
                    """)
    void namesTheFieldThatIsInvalid(String field, String value, String problem) {
        Map<String, Object> values = new HashMap<>(KIMI);
        values.put(field, value);
        assertThatThrownBy(() -> AgentDefinition.read("kimi", values))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageStartingWith(problem);
    }

    @Test
    void namesThePathOfAFieldInsideAnObject() {
        Map<String, Object> values = new HashMap<>(KIMI);
        values.put(
                "fallbacks",
                List.of(Map.of("model", "small", "url", "http://127.0.0.1/", "limits", Map.of("attempts", 0))));
        assertThatThrownBy(() -> AgentDefinition.read("kimi", values))
                .hasMessage("fallbacks[0].limits.attempts must be a number from 1 to 10");
        Map<String, Object> support = new HashMap<>(SUPPORT);
        support.put("headers", Map.of("X-Api-Key", "abc"));
        assertThatThrownBy(() -> AgentDefinition.read("support", support))
                .hasMessageStartingWith("headers.X-Api-Key must refer to a secret");
        support.put("headers", Map.of("X Y", "abc"));
        assertThatThrownBy(() -> AgentDefinition.read("support", support))
                .hasMessageStartingWith("headers.X Y is not the name of an HTTP header");
        assertThatThrownBy(() -> AgentDefinition.read("Kimi!", KIMI))
                .hasMessageStartingWith("name must have 1 to 64 characters");
        assertThatThrownBy(() -> AgentDefinition.read("echo", Map.of("type", "echo", "url", "http://127.0.0.1/")))
                .hasMessageStartingWith("url is not a field of this definition");
    }
}
