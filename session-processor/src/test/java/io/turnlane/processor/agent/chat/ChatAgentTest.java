package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.TestModel.Received;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers, requests and permanent errors of chat agents. The service is a double. */
class ChatAgentTest {

    private final TestModel model = new TestModel(Behaviour.events(ModelStream.answer("A lane ", "is a queue.")));
    private final Received received = new Received();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void streamsTheAnswerAndReportsItsUsage() throws Exception {
        Answer answer = model.ask(Map.of(), received);
        assertThat(received.deltas).containsExactly("A lane ", "is a queue.");
        assertThat(answer.text()).isEqualTo("A lane is a queue.");
        assertThat(answer.usage()).isEqualTo(new Usage(1, 12, 7));
    }

    @Test
    void estimatesTheUsageIfTheServiceReportsNone() throws Exception {
        List<String> events = ModelStream.begun("twelve bytes", "!");
        events.add(ModelStream.DONE);
        model.server.behave(Behaviour.events(events));
        // 4 tokens for the message and 4 for its 15 bytes; events of at least 1 token: role, text of 3 tokens, "!"
        assertThat(model.ask(Map.of(), received).usage()).isEqualTo(new Usage(1, 8, 5));
    }

    @Test
    void sendsTheSettingsAndTheKey() throws Exception {
        model.ask(Map.of("system", "Be brief.", "parameters", Map.of("temperature", 0.5, "max_tokens", 99)), received);
        JsonNode body = body(0);
        assertThat(body.at("/model").asString()).isEqualTo("m");
        assertThat(body.at("/stream").asBoolean()).isTrue();
        assertThat(body.at("/temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.at("/max_tokens").asInt()).isEqualTo(99);
        assertThat(body.at("/messages")).hasSize(2);
        assertThat(body.has("tools")).isFalse();
        assertThat(body.at("/messages/0/content").asString()).isEqualTo("Be brief.");
        assertThat(body.at("/messages/1/content").asString()).isEqualTo("What is a lane?");
        assertThat(model.server.requests().getFirst().path()).isEqualTo("/v1/chat/completions");
        assertThat(model.server.requests().getFirst().headers())
                .containsEntry("authorization", "Bearer " + TestModel.SECRET)
                .doesNotContainKey("upgrade");
    }

    @Test
    void sendsTheNewestWholeTurnsThatFitTheHistory() throws Exception {
        List<PastTurn> turns =
                Stream.of("first", "second", "third").map(ChatAgentTest::turn).toList();
        // a turn has two messages of 4 tokens, and 2 or 3 tokens for their texts
        TestModel.ask(model.factory(Map.of("history_tokens", 26)), new Memory(turns, false), received);
        List<String> sent = new ArrayList<>();
        body(0).at("/messages")
                .forEach(message -> sent.add(message.path("content").asString()));
        assertThat(sent).containsExactly("second?", "second!", "third?", "third!", "What is a lane?");
    }

    @Test
    void keepsReasoningOutOfTheAnswer() throws Exception {
        List<String> events = ModelStream.begun();
        events.add(ModelStream.reasoning("Hm. "));
        events.add(ModelStream.reasoning("A queue?"));
        events.addAll(ModelStream.answer("A queue."));
        model.server.behave(Behaviour.events(events));
        assertThat(model.ask(Map.of(), received).text()).isEqualTo("A queue.");
        assertThat(received.text()).isEqualTo("A queue.");
        assertThat(received.stages).containsExactly("thinking");
    }

    /**
     * Shapes of Ollama 0.11 and later, of vLLM before and after it renamed the field, and of vLLM when it sent both.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"Hm. \"}",
                "{\"reasoning_content\":\"Hm. \"}",
                "{\"reasoning\":\"Hm. \"}",
                "{\"reasoning\":\"Hm. \",\"reasoning_content\":\"Hm. \",\"content\":null}"
            })
    void keepsTheReasoningOfLocalServersOutOfTheAnswer(String delta) throws Exception {
        List<String> events = new ArrayList<>();
        events.add("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
                + "\"model\":\"qwen3\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"logprobs\":null,\"finish_reason\":null}]}");
        events.addAll(ModelStream.answer("A queue."));
        model.server.behave(Behaviour.events(events));
        assertThat(model.ask(Map.of("provider", "ollama"), received).text()).isEqualTo("A queue.");
        assertThat(received.text()).isEqualTo("A queue.");
        assertThat(received.stages).containsExactly("thinking");
    }

    @Test
    void answersACallOfAnUnknownToolAndKeepsTheReasoningOfItsMessageForKimi() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCall("search", "{\"q\":", "\"lane\"}")),
                Behaviour.events(ModelStream.answer("A queue."))));
        Answer answer = model.ask(Map.of("provider", "kimi"), received);
        assertThat(answer.text()).isEqualTo("A queue.");
        assertThat(answer.usage()).isEqualTo(new Usage(2, 32, 17));
        JsonNode call = body(1).at("/messages/1");
        assertThat(call.at("/reasoning_content").asString()).isEqualTo("I need a tool.");
        assertThat(call.at("/tool_calls/0/id").asString()).isEqualTo("call_1");
        assertThat(call.at("/tool_calls/0/function/arguments").asString()).isEqualTo("{\"q\":\"lane\"}");
        assertThat(body(1).at("/messages/2/tool_call_id").asString()).isEqualTo("call_1");
    }

    @Test
    void callsAToolWhoseArgumentsArriveInFragments() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCall("impermanent_loss", "{\"price_change", "_percent\":", "300}")),
                Behaviour.events(ModelStream.answer("It is 20 %."))));
        Answer answer = model.ask(Map.of("tools", List.of("impermanent_loss")), received);
        assertThat(answer.text()).isEqualTo("It is 20 %.");
        assertThat(answer.artifacts()).hasSize(2).containsExactlyElementsOf(received.artifacts);
        assertThat(received.toolCalls).containsExactly("impermanent_loss COMPLETED");
        JsonNode function = body(0).at("/tools/0/function");
        assertThat(body(0).at("/tools")).hasSize(1);
        assertThat(function.at("/name").asString()).isEqualTo("impermanent_loss");
        assertThat(function.at("/parameters/properties/price_change_percent/type")
                        .asString())
                .isEqualTo("number");
        assertThat(body(1).at("/messages/2/content").asString()).startsWith("The impermanent loss is **20 %**");
    }

    @Test
    void callsAllToolsOfAReplyAndReportsArgumentsThatAreNotValid() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCalls(
                        "impermanent_loss", "{\"price_change_percent\":\"much\"}",
                        "impermanent_loss", "{\"price_change_percent\":300}")),
                Behaviour.events(ModelStream.answer("It is 20 %."))));
        model.ask(Map.of("tools", List.of("impermanent_loss")), received);
        assertThat(received.toolCalls).containsExactly("impermanent_loss INVALID", "impermanent_loss COMPLETED");
        JsonNode messages = body(1).at("/messages");
        assertThat(messages.at("/1/tool_calls")).hasSize(2);
        assertThat(messages.at("/2/tool_call_id").asString()).isEqualTo("call_1");
        assertThat(messages.at("/2/content").asString())
                .startsWith("The arguments are not valid: /price_change_percent");
        assertThat(messages.at("/3/tool_call_id").asString()).isEqualTo("call_2");
        assertThat(messages.at("/3/content").asString()).contains("20 %");
    }

    @Test
    void callsNoToolThatTheDefinitionDoesNotName() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCall("swap_quote", "{}")),
                Behaviour.events(ModelStream.answer("I cannot."))));
        model.ask(Map.of("tools", List.of("impermanent_loss")), received);
        assertThat(received.toolCalls).containsExactly("swap_quote NOT_ALLOWED");
        assertThat(body(1).at("/messages/2/content").asString()).startsWith("There is no tool with this name.");
    }

    @Test
    void namesAnUnknownToolOfADefinition() {
        assertThatThrownBy(() -> model.factory(Map.of("tools", List.of("weather"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tools has the unknown name weather; the tools are impermanent_loss, liquidation_price, "
                        + "swap_quote");
    }

    @Test
    void sendsNoReasoningToProvidersThatDoNotKnowIt() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCall("search", "{}")),
                Behaviour.events(ModelStream.answer("A queue."))));
        model.ask(Map.of("provider", "vllm"), received);
        assertThat(body(1).at("/messages/1").has("reasoning_content")).isFalse();
    }

    @Test
    void separatesTheTextBeforeAToolCallFromTheAnswer() throws Exception {
        List<String> events = ModelStream.begun("One moment.");
        events.addAll(ModelStream.toolCall("search", "{}"));
        model.server.behave(
                Behaviour.oneAfterTheOther(Behaviour.events(events), Behaviour.events(ModelStream.answer("A queue."))));
        assertThat(model.ask(Map.of(), received).text()).isEqualTo("One moment.\n\nA queue.");
        assertThat(received.text()).isEqualTo("One moment.\n\nA queue.");
    }

    @Test
    void endsAnEndlessLoopOfToolCallsWithUsageLimit() {
        model.server.behave(Behaviour.events(
                ModelStream.toolCall("liquidation_price", "{\"collateral\":1,\"debt\":1,\"threshold_percent\":80}")));
        TerminalAgentException failure = terminal(Map.of("tools", List.of("liquidation_price")));
        assertThat(received.toolCalls).hasSize(10).containsOnly("liquidation_price COMPLETED");
        assertThat(failure.code()).isEqualTo(ErrorCode.USAGE_LIMIT);
        assertThat(failure).hasMessageContaining("10 model calls");
        assertThat(model.server.requests()).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded, history_tokens",
        "401, invalid_api_key, key",
        "403, forbidden, model",
        "404, model_not_found, url",
        "307, moved, url"
    })
    void namesTheSettingOfAPermanentErrorButQuotesNothing(int status, String code, String setting) throws Exception {
        model.server.behave(Behaviour.status(
                status,
                "{\"error\":{\"message\":\"bad key sk-sec***11 in: What is a lane?\",\"code\":\"" + code + "\"}}"));
        TerminalAgentException failure = terminal(Map.of());
        assertThat(failure.code()).isEqualTo(ErrorCode.AGENT_ERROR);
        assertThat(failure)
                .hasMessageContaining("status " + status + ", " + code)
                .hasMessageContaining(setting)
                .message()
                .doesNotContain("sk-", "lane", "127.0.0.1");
        assertThat(model.server.requests()).hasSize(1);
        model.checkReleased();
    }

    @Test
    void namesTheVariableOfAMissingSecretAndSendsNothing() {
        assertThat(terminal(Map.of("key", "${env:SUPPORT_KEY}"))).hasMessageContaining("variable SUPPORT_KEY");
        assertThat(terminal(Map.of("key", "${file:support}"))).hasMessageContaining("file support");
        assertThat(model.server.requests()).isEmpty();
    }

    @Test
    void reportsAnAnswerThatAContentFilterStopped() {
        List<String> events = ModelStream.begun("A la");
        events.add(ModelStream.finish("content_filter"));
        events.add(ModelStream.DONE);
        model.server.behave(Behaviour.events(events));
        assertThat(terminal(Map.of())).hasMessageContaining("content filter");
    }

    @Test
    void sendsNoKeyToAServiceThatNeedsNone() throws Exception {
        try (HttpDouble other = new HttpDouble(Behaviour.events(ModelStream.answer("Hello.")))) {
            Map<String, Object> local = Map.of(
                    "provider", "ollama", "model", "m", "url", other.url("/v1").toString());
            model.server.behave(Behaviour.status(500, "{}"));
            Map<String, Object> changes =
                    Map.of("fallbacks", List.of(local), "limits", Map.of("concurrent", 1, "attempts", 1));
            assertThat(model.ask(changes, received).text()).isEqualTo("Hello.");
            assertThat(other.requests().getFirst().headers()).doesNotContainKey("authorization");
        }
    }

    private TerminalAgentException terminal(Map<String, Object> changes) {
        return catchThrowableOfType(TerminalAgentException.class, () -> model.ask(changes, received));
    }

    private JsonNode body(int request) {
        return JsonMapper.shared().readTree(model.bodies().get(request));
    }

    private static PastTurn turn(String name) {
        return new PastTurn(
                new RequestId(UUID.randomUUID()),
                RequestStatus.COMPLETED,
                name + "?",
                name + "!",
                null,
                List.of(),
                Duration.ZERO,
                Instant.EPOCH);
    }
}
