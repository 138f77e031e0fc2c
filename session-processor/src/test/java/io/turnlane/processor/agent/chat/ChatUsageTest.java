package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.ModelStream;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.TestModel.Received;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Usage and cost of a turn's calls, and the limits of a turn. The service is a double. */
class ChatUsageTest {

    /** The double reports 12 tokens in and 7 tokens out. */
    private static final Behaviour NORMAL = Behaviour.events(ModelStream.answer("A lane is a queue."));

    private final TestModel model = new TestModel(NORMAL);
    private final Received received = new Received();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aCallHasItsCostIfThePriceOfTheModelIsKnown() throws Exception {
        Answer answer = model.ask(Map.of("price", Map.of("input", 0.5, "output", 2)), received);
        assertThat(answer.usage()).isEqualTo(new Usage(1, 12, 7, 0.00002, "USD"));
        assertThat(received.usages).containsExactly(answer.usage());
    }

    @Test
    void aCallThatFailedCountsAndItsTokensIfTheModelHadBegunToAnswer() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.status(500, "{}"),
                Behaviour.reset(List.of(ModelStream.begun().getFirst())),
                NORMAL));
        Answer answer = model.ask(Map.of(), received);
        // the question has 4 tokens for the message and 4 for its 15 bytes; an event has at least 1 token
        assertThat(received.usages).containsExactly(new Usage(1, 0, 0), new Usage(1, 8, 1), new Usage(1, 12, 7));
        assertThat(answer.usage()).isEqualTo(new Usage(3, 20, 8));
        assertThat(received.modelCalls).containsExactly("fault 0/0", "fault 0/0", "completed 12/7");
    }

    @Test
    void anEndlessStreamEndsWithUsageLimitAndReportsItsTokens() {
        model.server.behave(Behaviour.endless(_ -> ModelStream.text("twelve bytes"), Duration.ZERO));
        assertThat(failure(Map.of("timeouts", Map.of())).code()).isEqualTo(ErrorCode.USAGE_LIMIT);
        assertThat(received.usages)
                .singleElement()
                .satisfies(usage -> assertThat(usage.tokens()).isBetween(20_000L, 20_100L));
    }

    @Test
    void anEndlessToolLoopEndsWithUsageLimitAndReportsItsCalls() {
        model.server.behave(Behaviour.events(ModelStream.toolCall("search", "{}")));
        assertThat(failure(Map.of()).code()).isEqualTo(ErrorCode.USAGE_LIMIT);
        assertThat(received.usages).hasSize(10);
        assertThat(model.server.requests()).hasSize(10);
    }

    @Test
    void theTokensOfEarlierAttemptsCountTowardsTheLimitOfTheTurn() {
        CurrentTurn turn = new CurrentTurn(
                new RequestId(new UUID(0, 1)), new SessionId("s"), null, 2, null, new Usage(4, 19_000, 990));
        TerminalAgentException failure = catchThrowableOfType(
                TerminalAgentException.class, () -> turn.call(() -> model.ask(Map.of(), received)));
        assertThat(failure.code()).isEqualTo(ErrorCode.USAGE_LIMIT);
        assertThat(received.usages).singleElement().isNotEqualTo(Usage.NONE);
    }

    @Test
    void aCallThatIsStoppedReportsWhatItHasReceived() throws Exception {
        model.server.behave(Behaviour.endless(_ -> ModelStream.text("x"), Duration.ofMillis(5)));
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread agent = Thread.startVirtualThread(() -> {
            try {
                model.ask(Map.of("timeouts", Map.of()), received);
                outcome.complete(null);
            } catch (Exception e) {
                outcome.complete(e);
            }
        });
        await().until(() -> received.deltas.size() > 3);
        agent.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(received.usages).singleElement().satisfies(usage -> {
            assertThat(usage.inputTokens()).isEqualTo(8);
            assertThat(usage.outputTokens()).isGreaterThan(3);
        });
        assertThat(received.modelCalls).containsExactly("interrupted 0/0");
    }

    private TerminalAgentException failure(Map<String, Object> changes) {
        return catchThrowableOfType(TerminalAgentException.class, () -> model.ask(changes, received));
    }
}
