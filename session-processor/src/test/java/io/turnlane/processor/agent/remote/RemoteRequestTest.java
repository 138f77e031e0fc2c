package io.turnlane.processor.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.processor.agent.TerminalAgentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Requests that agents receive. */
class RemoteRequestTest {

    private final HttpDouble server = new HttpDouble(Behaviour.silence());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anAgUiAgentReceivesTheRunWithItsHistory() throws Exception {
        JsonNode input = ask(Dialect.AG_UI);
        assertThat(input.path("threadId").stringValue()).isEqualTo("s-1");
        assertThat(input.path("runId").stringValue()).isEqualTo(RemoteTalk.REQUEST + "-2");
        assertThat(input.path("protocolVersion").stringValue()).isEqualTo("1.0");
        assertThat(texts(input.path("messages"), "role")).containsExactly("user", "assistant", "user");
        assertThat(texts(input.path("messages"), "content")).containsExactly("Hi", "Hello", "And now?");
        assertThat(texts(input.path("messages"), "id")).doesNotHaveDuplicates();
        assertThat(input.path("tools").isArray()).isTrue();
        assertThat(input.path("context").isArray()).isTrue();
        assertThat(input.path("state").path("step").intValue()).isEqualTo(1);
        JsonNode details = input.path("forwardedProps").path("turnlane");
        assertThat(details.path("attempt").intValue()).isEqualTo(2);
        assertThat(details.path("user_id").stringValue()).isEqualTo("alice");
        assertThat(details.path("metadata").path("plan").stringValue()).isEqualTo("gold");
    }

    @Test
    void aResponsesAgentReceivesTheConversation() throws Exception {
        JsonNode request = ask(Dialect.RESPONSES);
        assertThat(request.has("model")).as("the agent's own model").isFalse();
        assertThat(request.path("stream").booleanValue()).isTrue();
        assertThat(request.path("store").booleanValue()).isFalse();
        assertThat(texts(request.path("input"), "type")).containsOnly("message");
        assertThat(texts(request.path("input"), "role")).containsExactly("user", "assistant", "user");
        assertThat(texts(request.path("input"), "content")).containsExactly("Hi", "Hello", "And now?");
        assertThat(request.path("metadata").path("session_id").stringValue()).isEqualTo("s-1");
        assertThat(request.path("metadata").path("attempt").stringValue()).isEqualTo("2");
        assertThat(request.path("user").stringValue()).isEqualTo("alice");
    }

    @Test
    void aChatCompletionsAgentReceivesTheConversation() throws Exception {
        JsonNode request = ask(Dialect.CHAT_COMPLETIONS);
        assertThat(request.path("model").stringValue()).isEqualTo("support");
        assertThat(request.path("stream").booleanValue()).isTrue();
        assertThat(request.path("stream_options").path("include_usage").booleanValue())
                .isTrue();
        assertThat(texts(request.path("messages"), "role")).containsExactly("user", "assistant", "user");
        assertThat(texts(request.path("messages"), "content")).containsExactly("Hi", "Hello", "And now?");
        assertThat(request.path("user").stringValue()).isEqualTo("alice");
    }

    private JsonNode ask(Dialect dialect) throws Exception {
        server.behave(Behaviour.json(dialect.document));
        try (RemoteTalk talk = new RemoteTalk(dialect.type, server.url("/agent?v=1"))) {
            talk.remember("Hi", "Hello");
            talk.state = Map.of("step", 1);
            var _ = talk.ask("And now?");
        }
        assertThat(server.requests().getLast().method()).isEqualTo("POST");
        assertThat(server.requests().getLast().path()).isEqualTo("/agent?v=1");
        return RemoteTalk.lastBody(server);
    }

    @Test
    void theNewestTurnsThatFitTheBudgetTravelWithTheQuestion() throws Exception {
        server.behave(Behaviour.json(Dialect.CHAT_COMPLETIONS.document));
        Map<String, Object> fields = Map.of("url", server.url("/").toString(), "history_tokens", 100);
        try (RemoteTalk talk = new RemoteTalk("chat-completions", fields)) {
            talk.remember("one", "short");
            talk.remember("two", "x".repeat(360)); // 5 and 94 tokens, but only 88 are left
            talk.remember("three", "y".repeat(8));
            var _ = talk.ask("four");
        }
        assertThat(texts(RemoteTalk.lastBody(server).path("messages"), "content"))
                .containsExactly("three", "yyyyyyyy", "four");
    }

    @Test
    void configuredFieldsAreAddedToTheRequestOrReplaceItsFields() throws Exception {
        server.behave(Behaviour.json(Dialect.RESPONSES.document));
        Map<String, Object> parameters = Map.of("agent_id", "support-agent", "stream", false);
        Map<String, Object> fields =
                Map.of("url", server.url("/").toString(), "model", "m-7", "parameters", parameters);
        try (RemoteTalk talk = new RemoteTalk("responses", fields)) {
            var _ = talk.ask("Hi");
        }
        JsonNode request = RemoteTalk.lastBody(server);
        assertThat(request.path("model").stringValue()).isEqualTo("m-7");
        assertThat(request.path("agent_id").stringValue()).isEqualTo("support-agent");
        assertThat(request.path("stream").booleanValue()).isFalse();
    }

    @Test
    void theHeadersNameTheAttemptAndTheTraceAndContainSecrets() throws Exception {
        server.behave(Behaviour.json(Dialect.CHAT_COMPLETIONS.document));
        try (RemoteTalk talk = talkWithHeader("Authorization", "Bearer ${env:SUPPORT_TOKEN}")) {
            var _ = talk.ask("Hi");
        }
        assertThat(server.requests().getLast().headers())
                .containsEntry("idempotency-key", RemoteTalk.REQUEST + "-2")
                .containsEntry("traceparent", RemoteTalk.TRACE)
                .containsEntry("authorization", "Bearer s3cret")
                .containsEntry("accept", "text/event-stream, application/json")
                .containsEntry("content-type", "application/json");
    }

    @Test
    void failsTheTurnAndNamesTheVariableIfASecretIsMissing() throws Exception {
        try (RemoteTalk talk = talkWithHeader("X-Api-Key", "${env:OTHER_KEY}")) {
            assertThat(catchException(() -> talk.ask("Hi")))
                    .isInstanceOf(TerminalAgentException.class)
                    .hasMessageContaining("the environment variable OTHER_KEY");
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void failsTheTurnIfAHeaderCannotBeSentAndDoesNotQuoteIt() throws Exception {
        try (RemoteTalk talk = talkWithHeader("Content-Length", "${env:SUPPORT_TOKEN}")) {
            assertThat(catchException(() -> talk.ask("Hi")))
                    .isInstanceOf(TerminalAgentException.class)
                    .hasMessageContaining("Content-Length")
                    .hasMessageNotContaining("s3cret");
        }
    }

    private RemoteTalk talkWithHeader(String name, String value) throws Exception {
        return new RemoteTalk(
                "chat-completions", Map.of("url", server.url("/").toString(), "headers", Map.of(name, value)));
    }

    private static List<String> texts(JsonNode array, String field) {
        return array.valueStream().map(one -> one.path(field).stringValue()).toList();
    }
}
