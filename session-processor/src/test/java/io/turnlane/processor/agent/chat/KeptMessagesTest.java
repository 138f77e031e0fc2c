package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.ModelStream;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.processor.agent.chat.TestModel.Received;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls of tools that chat agents keep for later turns. The service is a double. */
class KeptMessagesTest {

    private static final String ARGUMENTS = "{\"price_change_percent\":300}";

    private final TestModel model = new TestModel(Behaviour.oneAfterTheOther(
            Behaviour.events(ModelStream.toolCall("impermanent_loss", ARGUMENTS)),
            Behaviour.events(ModelStream.answer("It is 20 %."))));
    private final Received received = new Received();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void theModelOfALaterTurnReceivesTheCallsAndTheirResults() throws Exception {
        JsonNode messages = askTwice(Map.of("keep_messages", true));
        assertThat(roles(messages)).containsExactly("user", "assistant", "tool", "assistant", "user");
        JsonNode call = messages.at("/1/tool_calls/0");
        assertThat(messages.at("/1").has("reasoning_content")).isFalse();
        assertThat(call.at("/id").asString()).isEqualTo("call_1");
        assertThat(call.at("/function/name").asString()).isEqualTo("impermanent_loss");
        assertThat(call.at("/function/arguments").asString()).isEqualTo(ARGUMENTS);
        assertThat(messages.at("/2/tool_call_id").asString()).isEqualTo("call_1");
        assertThat(messages.at("/2/content").asString()).startsWith("The impermanent loss is **20 %**");
        assertThat(messages.at("/3/content").asString()).isEqualTo("It is 20 %.");
        assertThat(received.kept).extracting(ToolStep::reasoning).containsExactly((String) null);
    }

    @Test
    void nothingIsKeptOrSentUnlessTheDefinitionAsksForIt() throws Exception {
        assertThat(roles(askTwice(Map.of()))).containsExactly("user", "assistant", "user");
        assertThat(received.kept).isEmpty();
        ToolStep kept = new ToolStep(null, List.of(new ToolUse("call_1", "search", "{}", "found")));
        assertThat(roles(next(Map.of(), turn(List.of(kept))))).containsExactly("user", "assistant", "user");
    }

    @Test
    void aTurnWithoutToolsKeepsNothing() throws Exception {
        model.server.behave(Behaviour.events(ModelStream.answer("A queue.")));
        model.ask(fields(Map.of("keep_messages", true, "provider", "kimi")), received);
        assertThat(received.kept).isEmpty();
    }

    /** Kimi and DeepSeek reject a message with tool calls that has no reasoning. */
    @Test
    void providersThatExpectTheReasoningBackReceiveIt() throws Exception {
        List<String> answer = ModelStream.begun();
        answer.add(ModelStream.reasoning("That is it."));
        answer.addAll(ModelStream.answer("It is 20 %."));
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(ModelStream.toolCall("impermanent_loss", ARGUMENTS)), Behaviour.events(answer)));
        Map<String, Object> kimi = Map.of("keep_messages", true, "provider", "kimi");
        JsonNode messages = askTwice(kimi);
        assertThat(messages.at("/1/reasoning_content").asString()).isEqualTo("I need a tool.");
        assertThat(messages.at("/3/content").asString()).isEqualTo("It is 20 %.");
        assertThat(messages.at("/3/reasoning_content").asString()).isEqualTo("That is it.");

        ToolStep foreign = new ToolStep(null, List.of(new ToolUse("1", "search", "{}", "found")));
        JsonNode others = next(kimi, turn(List.of(foreign)));
        assertThat(others.at("/1/reasoning_content").asString()).isEqualTo(" ");
        assertThat(others.at("/3").has("reasoning_content")).isFalse();
    }

    @Test
    void callsCountTowardsTheSizeOfTheHistory() throws Exception {
        // 4 + 2 and 4 + 3 tokens for question and answer, 4 + 2 for the message with the call, 4 + 25 for its result
        PastTurn large = turn(List.of(new ToolStep(null, List.of(new ToolUse("1", "search", "{}", "x".repeat(100))))));
        assertThat(roles(next(Map.of("keep_messages", true, "history_tokens", 48), large)))
                .containsExactly("user", "assistant", "tool", "assistant", "user");
        assertThat(roles(next(Map.of("keep_messages", true, "history_tokens", 47), large)))
                .containsExactly("user");
        assertThat(roles(next(Map.of("history_tokens", 47), large)))
                .as("without the calls, the turn fits")
                .containsExactly("user", "assistant", "user");
    }

    /** Asks a question that needs a tool, and another one in the same session. Returns the messages of the second. */
    private JsonNode askTwice(Map<String, Object> changes) throws Exception {
        model.ask(fields(changes), received);
        return next(changes, turn(new ArrayList<>(received.kept)));
    }

    private JsonNode next(Map<String, Object> changes, PastTurn before) throws Exception {
        model.server.behave(Behaviour.events(ModelStream.answer("As I said.")));
        TestModel.ask(model.factory(fields(changes)), new Memory(List.of(before), false), received);
        return JsonMapper.shared().readTree(model.bodies().getLast()).path("messages");
    }

    private static Map<String, Object> fields(Map<String, Object> changes) {
        Map<String, Object> fields = new HashMap<>(changes);
        fields.put("tools", List.of("impermanent_loss"));
        fields.put("timeouts", Map.of());
        return fields;
    }

    private static List<String> roles(JsonNode messages) {
        return messages.valueStream()
                .map(message -> message.path("role").asString())
                .toList();
    }

    private static PastTurn turn(List<ToolStep> steps) {
        return new PastTurn(
                new RequestId(UUID.randomUUID()),
                RequestStatus.COMPLETED,
                "Loss?",
                "It is 20 %.",
                null,
                List.of(),
                Duration.ZERO,
                Instant.EPOCH,
                steps);
    }
}
