package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.doubles.ReactionTimes;
import io.turnlane.doubles.UnansweredConnects;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.TestModel.Received;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Faults of a model service, which a double plays. After each fault, the only permit of the service must be free again,
 * and no connection open.
 */
class ChatFaultsTest {

    private static final List<String> BEGUN = ModelStream.begun("A lane ");
    private static final Behaviour NORMAL = Behaviour.events(ModelStream.answer("A lane is a queue."));
    private static final Map<String, Object> ONE_ATTEMPT = Map.of("limits", Map.of("concurrent", 1, "attempts", 1));

    private final TestModel model = new TestModel(NORMAL);
    private final Received received = new Received();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void readsASlowStreamThatTakesLongerThanTheIdleLimit() throws Exception {
        model.server.behave(
                Behaviour.slowEvents(ModelStream.answer("A ", "lane ", "is ", "a ", "queue."), Duration.ofMillis(150)));
        assertThat(model.ask(Map.of(), received).text()).isEqualTo("A lane is a queue.");
    }

    @Test
    void givesUpIfTheConnectionIsNotOpenInTime() throws Exception {
        try (UnansweredConnects host = new UnansweredConnects()) {
            Map<String, Object> fields = new HashMap<>(ONE_ATTEMPT);
            fields.put("url", host.url().toString());
            fields.put("timeouts", Map.of("connect", 1, "first", 10));
            Duration taken = timeOf(() -> retryable(fields));
            assertThat(taken).isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
        }
        assertThat(model.server.requests()).isEmpty();
    }

    @Test
    void waitsAsLongAsABusyServiceAsksFor() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(Behaviour.tooManyRequests(1), NORMAL));
        Duration taken = timeOf(() -> model.ask(Map.of(), received));
        assertThat(taken).isBetween(Duration.ofMillis(990), Duration.ofMillis(2500));
        assertThat(received.text()).isEqualTo("A lane is a queue.");
    }

    @Test
    void waitsUntilTheDateThatABusyServiceAsksFor() throws Exception {
        ZonedDateTime now = ZonedDateTime.of(2020, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC); // the service's clock is wrong
        DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
        Map<String, String> headers =
                Map.of("Date", format.format(now), "Retry-After", format.format(now.plusSeconds(1)));
        model.server.behave(
                Behaviour.oneAfterTheOther((_, reply) -> reply.send(503, Behaviour.JSON, headers, ""), NORMAL));
        Duration taken = timeOf(() -> model.ask(Map.of(), received));
        assertThat(taken).isBetween(Duration.ofMillis(990), Duration.ofMillis(2500));
    }

    @Test
    void repeatsACallThatFailedBeforeTheFirstText() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.status(500, "{}"), Behaviour.reset(List.of(BEGUN.getFirst())), NORMAL));
        assertThat(model.ask(Map.of(), received).text()).isEqualTo("A lane is a queue.");
        assertThat(model.server.requests()).hasSize(3);
    }

    @Test
    void failsRetryablyAfterAllAttempts() throws Exception {
        model.server.behave(Behaviour.status(500, "not even JSON"));
        RetryableAgentException failure = retryable(Map.of());
        assertThat(failure.code()).isEqualTo(ErrorCode.AGENT_ERROR);
        assertThat(failure).hasMessageContaining("status 500");
        assertThat(model.server.requests()).hasSize(3);
        model.checkReleased();
    }

    @Test
    void neverJoinsTheTextOfTwoCalls() throws Exception {
        for (Behaviour broken : List.of(
                Behaviour.reset(BEGUN),
                Behaviour.cut(BEGUN),
                Behaviour.events(BEGUN),
                Behaviour.silenceAfter(BEGUN),
                Behaviour.events(with(BEGUN, "{\"choices\":[{\"delta\":{\"content\":\"is a")),
                Behaviour.events(with(BEGUN, "{\"error\":{\"message\":\"overloaded\",\"code\":\"overloaded\"}}")))) {
            Received partial = new Received();
            model.server.behave(broken);
            Throwable failure = catchThrowable(() -> model.ask(Map.of(), partial));
            assertThat(failure).isInstanceOf(RetryableAgentException.class);
            assertThat(partial.text()).isEqualTo("A lane ");
            model.checkReleased();
        }
        assertThat(model.server.requests()).hasSize(12); // each fault and each normal call has one request
    }

    @Test
    void repeatsACallWhoseStreamIsInvalidBeforeTheFirstText() throws Exception {
        model.server.behave(Behaviour.oneAfterTheOther(
                Behaviour.events(List.of("{not JSON", ModelStream.text("lost"))), Behaviour.json("{\"id\":"), NORMAL));
        assertThat(model.ask(Map.of(), received).text()).isEqualTo("A lane is a queue.");
        assertThat(received.deltas).containsExactly("A lane is a queue.");
    }

    @Test
    void endsASilentCallAfterTheLimitForTheFirstEvent() throws Exception {
        model.server.behave(Behaviour.silence());
        endsInTime(TestModel.FIRST, ErrorCode.AGENT_TIMEOUT);
    }

    @Test
    void endsAStreamOfCommentsAfterTheLimitForTheFirstEvent() throws Exception {
        model.server.behave((_, reply) -> {
            reply.beginEvents();
            while (true) {
                reply.write(": waiting\n\n");
                reply.pause(Duration.ofMillis(50));
            }
        });
        endsInTime(TestModel.FIRST, ErrorCode.AGENT_TIMEOUT);
    }

    @Test
    void endsASilentStreamAfterTheIdleLimit() throws Exception {
        model.server.behave(Behaviour.silenceAfter(BEGUN));
        endsInTime(TestModel.IDLE, ErrorCode.AGENT_TIMEOUT);
    }

    @Test
    void endsASlowEndlessStreamAfterTheTotalLimit() throws Exception {
        model.server.behave(Behaviour.endless(_ -> ModelStream.text("x"), Duration.ofMillis(50)));
        endsInTime(TestModel.TOTAL, ErrorCode.AGENT_TIMEOUT);
    }

    @Test
    void endsAnEndlessStreamWithUsageLimit() throws Exception {
        model.server.behave(Behaviour.endless(_ -> ModelStream.text("twelve bytes"), Duration.ZERO));
        TerminalAgentException failure = catchThrowableOfType(
                TerminalAgentException.class, () -> model.ask(Map.of("timeouts", Map.of()), received));
        assertThat(failure.code()).isEqualTo(ErrorCode.USAGE_LIMIT);
        assertThat(received.text().length()).isBetween(70_000, 80_000); // 20,000 tokens of 4 bytes, less the role
        model.checkReleased();
    }

    @Test
    void doesNotWaitForAServiceThatCannotBeReached() throws Exception {
        HttpDouble gone = new HttpDouble(NORMAL);
        gone.close();
        RetryableAgentException failure =
                retryable(Map.of("url", gone.url("/v1").toString()));
        assertThat(failure).hasMessageContaining("could not be reached");
    }

    @Test
    void closesTheConnectionOfAnInterruptedCallWithinASecond() throws Exception {
        model.server.behave(Behaviour.silence());
        interrupts(() -> model.server.running() == 1);
        model.server.behave(Behaviour.silenceAfter(BEGUN));
        interrupts(() -> !received.deltas.isEmpty());
        model.server.behave(Behaviour.endless(_ -> ModelStream.text("x"), Duration.ofMillis(5)));
        interrupts(() -> received.deltas.size() > 10);
        model.checkReleased();
    }

    @Test
    void interruptsACallThatWaitsForItsPermit() throws Exception {
        model.server.behave(Behaviour.silence());
        Map<String, Object> patient = Map.of("timeouts", Map.of());
        CompletableFuture<Throwable> running = new CompletableFuture<>();
        Thread first = start(patient, running);
        await().until(() -> model.server.running() == 1);
        CompletableFuture<Throwable> waiting = new CompletableFuture<>();
        Thread second = start(patient, waiting);
        await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
        second.interrupt();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        first.interrupt();
        assertThat(running.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(model.server.requests()).hasSize(1);
        model.checkReleased();
    }

    @Test
    void asksTheNextServiceIfOneIsUnavailable() throws Exception {
        try (HttpDouble other = new HttpDouble(Behaviour.events(ModelStream.answer("From the other.")))) {
            for (Behaviour fault : List.of(
                    Behaviour.status(503, "{}"),
                    Behaviour.tooManyRequests(0),
                    Behaviour.silence(),
                    Behaviour.reset(List.of()))) {
                model.server.behave(fault);
                assertThat(model.ask(withFallback(other), new Received()).text())
                        .isEqualTo("From the other.");
            }
        }
    }

    @Test
    void asksNoOtherServiceAfterTextWasSent() {
        try (HttpDouble other = new HttpDouble(Behaviour.events(ModelStream.answer("From the other.")))) {
            model.server.behave(Behaviour.cut(BEGUN));
            retryable(withFallback(other));
            assertThat(received.text()).isEqualTo("A lane ");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void stopsCallingAServiceThatFailsTooOften() throws Exception {
        try (HttpDouble other = new HttpDouble(Behaviour.events(ModelStream.answer("From the other.")))) {
            model.server.behave(Behaviour.status(500, "{}"));
            ChatAgentFactory agents = model.factory(withFallback(other));
            for (int i = 0; i < 8; i++) {
                TestModel.ask(agents, Memory.EMPTY, new Received());
            }
            assertThat(other.requests()).hasSize(8);
            assertThat(model.server.requests()).hasSize(5);
        }
    }

    private Map<String, Object> withFallback(HttpDouble other) {
        Map<String, Object> changes = new HashMap<>(ONE_ATTEMPT);
        changes.put("fallbacks", List.of(TestModel.service(other, Map.of())));
        return changes;
    }

    private void endsInTime(double limitSeconds, ErrorCode code) throws Exception {
        CompletableFuture<RetryableAgentException> failure = new CompletableFuture<>();
        Duration taken = timeOf(() -> failure.complete(retryable(Map.of())));
        assertThat(taken).isBetween(ofSeconds(limitSeconds - 0.01), ofSeconds(limitSeconds + 2));
        assertThat(failure.join().code()).isEqualTo(code);
        assertThat(model.server.requests()).hasSize(1);
        await().until(() -> model.server.abandoned() == 1 && model.server.connections() == 0);
        model.checkReleased();
    }

    private void interrupts(BooleanSupplier started) throws Exception {
        ReactionTimes times = new ReactionTimes();
        for (int i = 0; i < 3; i++) {
            received.deltas.clear();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            int abandoned = model.server.abandoned();
            Thread agent = start(Map.of("timeouts", Map.of()), outcome);
            await().until(started::getAsBoolean);
            times.measure(() -> {
                agent.interrupt();
                assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
                await().until(() -> model.server.abandoned() == abandoned + 1);
            });
            await().until(() -> model.server.running() == 0);
        }
        assertThat(times.median()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    private Thread start(Map<String, Object> changes, CompletableFuture<Throwable> outcome) {
        return Thread.ofVirtual().start(() -> outcome.complete(catchThrowable(() -> model.ask(changes, received))));
    }

    private RetryableAgentException retryable(Map<String, Object> changes) {
        return catchThrowableOfType(RetryableAgentException.class, () -> model.ask(changes, received));
    }

    private static List<String> with(List<String> events, String last) {
        List<String> all = new ArrayList<>(events);
        all.add(last);
        return all;
    }

    private static Duration ofSeconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Duration timeOf(Action action) throws Exception {
        long start = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
