package io.turnlane.processor.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ReactionTimes;
import io.turnlane.doubles.UnansweredConnects;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Normal answers and faults of agents, in each protocol. The limits are 1.5 s, 0.7 s between parts, and 3 s. */
class RemoteFaultsTest {

    private static final Duration TOTAL = Duration.ofSeconds(3);
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    private static final String SECRET = "account 4711";

    private final HttpDouble server = new HttpDouble(Behaviour.silence());
    private RemoteTalk talk;

    @AfterEach
    void everyConnectionIsClosed() {
        talk.close();
        await().atMost(TOLERANCE).until(() -> server.connections() == 0 && server.running() == 0);
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void readsAnAnswerInJson(Dialect dialect) throws Exception {
        server.behave(Behaviour.json(dialect.document));
        assertThat(talk(dialect).ask("Hi")).isEqualTo(expected());
        assertThat(talk.text()).isEqualTo(Dialect.TEXT);
    }

    @ParameterizedTest
    @EnumSource
    void readsAStreamPieceByPieceAndUsesItsConnectionAgain(Dialect dialect) throws Exception {
        server.behave(Behaviour.events(dialect.stream()));
        assertThat(talk(dialect).ask("Hi")).isEqualTo(expected());
        assertThat(talk.deltas).containsExactly("Hello, ", "Zürich 👋");
        assertThat(talk.ask("Hi")).isEqualTo(expected());
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void waitsForASlowStream(Dialect dialect) throws Exception {
        server.behave(Behaviour.slowEvents(dialect.stream(), Duration.ofMillis(300)));
        assertThat(talk(dialect).ask("Hi")).isEqualTo(expected());
    }

    @ParameterizedTest
    @EnumSource
    void repeatsARejectedCallAfterTheShortTimeThatTheAgentAsksFor(Dialect dialect) throws Exception {
        server.behave(Behaviour.oneAfterTheOther(Behaviour.tooManyRequests(1), Behaviour.events(dialect.stream())));
        long start = System.nanoTime();
        assertThat(talk(dialect).ask("Hi")).isEqualTo(expected());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void leavesALongWaitToTheProcessor(Dialect dialect) throws Exception {
        server.behave(Behaviour.tooManyRequests(60));
        assertThat(retryable(dialect)).endsWith("answered with status 429.");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptAfterAnErrorOfTheServer(Dialect dialect) throws Exception {
        server.behave(Behaviour.status(500, SECRET));
        assertThat(retryable(dialect))
                .isEqualTo("The agent \"support\" at " + server.url("").getAuthority() + " answered with status 500.");
        server.behave(Behaviour.status(408, SECRET));
        assertThat(retryable(dialect)).endsWith("answered with status 408.");
    }

    @ParameterizedTest
    @EnumSource
    void failsTheTurnIfTheAgentRejectsTheRequest(Dialect dialect) throws Exception {
        server.behave(Behaviour.status(404, SECRET));
        assertThat(terminal(dialect))
                .isEqualTo("The agent \"support\" at " + server.url("").getAuthority() + " answered with status 404.");
        server.behave(Behaviour.status(307, SECRET));
        assertThat(terminal(dialect)).endsWith("answered with status 307.");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfTheConnectionBreaksBeforeTheAnswer(Dialect dialect) throws Exception {
        server.behave(Behaviour.reset(List.of()));
        assertThat(retryable(dialect)).endsWith("closed the connection before it answered.");
    }

    @ParameterizedTest
    @EnumSource
    void repeatsACallOnceIfTheAgentHasClosedTheConnectionOfTheCallBefore(Dialect dialect) throws Exception {
        Behaviour answer = Behaviour.events(dialect.stream());
        server.behave(Behaviour.oneAfterTheOther(answer, (_, _) -> {}, answer));
        assertThat(talk(dialect).ask("Hi")).isEqualTo(expected());
        talk.deltas.clear();
        assertThat(talk.ask("Hi")).isEqualTo(expected());
        assertThat(talk.text()).isEqualTo(Dialect.TEXT);
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().get(2).headers().get("idempotency-key"))
                .isEqualTo(server.requests().get(1).headers().get("idempotency-key"));
        talk.close();

        server.behave((_, _) -> {});
        assertThat(retryable(dialect)).endsWith("closed the connection before it answered.");
        assertThat(server.requests()).as("repeated once").hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfTheConnectionBreaksInMidStreamAndJoinsNoText(Dialect dialect) throws Exception {
        server.behave(
                Behaviour.oneAfterTheOther(Behaviour.reset(dialect.beginning), Behaviour.events(dialect.stream())));
        assertThat(retryable(dialect)).endsWith("closed the connection before the answer was complete.");
        assertThat(talk.text()).isEqualTo("Hello, ");
        assertThat(server.requests()).hasSize(1);
        talk.close();

        server.behave(Behaviour.cut(dialect.beginning));
        assertThat(retryable(dialect)).endsWith("closed the connection before the answer was complete.");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfAStreamEndsTooEarly(Dialect dialect) throws Exception {
        server.behave(Behaviour.events(dialect.beginning));
        assertThat(retryable(dialect)).contains(" ended its stream before the ");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfTheAgentSendsNothing(Dialect dialect) throws Exception {
        server.behave(Behaviour.silence());
        assertThat(retryable(dialect)).endsWith("sent no part of its answer for 1500 ms.");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfAStreamStops(Dialect dialect) throws Exception {
        server.behave(Behaviour.silenceAfter(dialect.beginning));
        assertThat(retryable(dialect)).endsWith("sent no part of its answer for 700 ms.");
        assertThat(talk.text()).isEqualTo("Hello, ");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfAStreamNeverEnds(Dialect dialect) throws Exception {
        server.behave(endless(dialect));
        assertThat(retryable(dialect)).endsWith("did not complete its answer within 3 s.");
        assertThat(talk.deltas).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptAfterInvalidJson(Dialect dialect) throws Exception {
        server.behave(Behaviour.json("{\"secret\":\"" + SECRET + "\""));
        assertThat(retryable(dialect)).endsWith("sent invalid JSON.");
        List<String> invalid = new ArrayList<>(dialect.beginning);
        invalid.add("{'secret':'" + SECRET + "'}");
        server.behave(Behaviour.events(invalid));
        assertThat(retryable(dialect)).endsWith("sent invalid JSON.");
    }

    @ParameterizedTest
    @EnumSource
    void failsTheTurnIfTheAnswerIsAWebPage(Dialect dialect) throws Exception {
        server.behave((_, reply) -> reply.send(200, "text/html; charset=utf-8", Map.of(), "<html>" + SECRET));
        assertThat(terminal(dialect))
                .endsWith("answered with text/html instead of text/event-stream or application/json.");
    }

    @ParameterizedTest
    @EnumSource
    void failsTheTurnIfAnEventIsTooLarge(Dialect dialect) throws Exception {
        String piece = "x".repeat(64 * 1024);
        server.behave((_, reply) -> {
            reply.beginEvents();
            reply.write("data: ");
            while (true) {
                reply.write(piece);
            }
        });
        assertThat(catchException(() -> talk(dialect).ask("Hi")))
                .isInstanceOfSatisfying(
                        TerminalAgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ANSWER_TOO_LARGE));
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfTheAgentCannotBeReached(Dialect dialect) throws Exception {
        server.close();
        assertThat(retryable(dialect)).endsWith("could not be reached.");
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAttemptIfTheConnectionIsNotOpenInTime(Dialect dialect) throws Exception {
        try (UnansweredConnects host = new UnansweredConnects();
                RemoteTalk unheard = new RemoteTalk(dialect.type, host.url())) {
            talk = unheard;
            long start = System.nanoTime();
            assertThat(catchException(() -> unheard.ask("Hi")))
                    .isInstanceOf(RetryableAgentException.class)
                    .hasMessageEndingWith("could not be reached within 1 s.");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(1).plus(TOLERANCE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesTheConnectionWithinASecondIfTheTurnIsCancelled(Dialect dialect) throws Exception {
        List<Behaviour> running =
                List.of(Behaviour.silence(), Behaviour.silenceAfter(dialect.beginning), endless(dialect));
        ReactionTimes times = new ReactionTimes();
        for (Behaviour behaviour : running) {
            server.behave(behaviour);
            int before = server.abandoned();
            try (RemoteTalk cancelled = new RemoteTalk(dialect.type, server.url("/"))) {
                RemoteTalk.Running call = cancelled.begin("Hi");
                await().until(() ->
                        server.running() == 1 && (behaviour == running.getFirst() || !cancelled.deltas.isEmpty()));
                times.measure(() -> {
                    call.interrupt();
                    await().until(() -> server.abandoned() == before + 1);
                });
                assertThat(catchException(() -> call.get(10, TimeUnit.SECONDS)))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(InterruptedException.class);
            }
        }
        assertThat(times.median()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        talk(dialect);
    }

    private static Behaviour endless(Dialect dialect) {
        return Behaviour.endless(
                i -> i < dialect.beginning.size() ? dialect.beginning.get(i) : dialect.rest, Duration.ofMillis(20));
    }

    private RemoteTalk talk(Dialect dialect) throws InvalidFieldException {
        talk = new RemoteTalk(dialect.type, server.url("/agent"));
        return talk;
    }

    /** Asks a question and returns the message of the failure, after which the processor repeats the turn. */
    private String retryable(Dialect dialect) throws Exception {
        return message(dialect, RetryableAgentException.class);
    }

    /** Asks a question and returns the message of the failure, which ends the turn. */
    private String terminal(Dialect dialect) throws Exception {
        return message(dialect, TerminalAgentException.class);
    }

    private String message(Dialect dialect, Class<? extends Exception> type) throws Exception {
        try (RemoteTalk asked = talk(dialect)) {
            long start = System.nanoTime();
            Exception failure = catchException(() -> asked.ask("Hi"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TOTAL.plus(TOLERANCE));
            assertThat(failure).isInstanceOf(type).hasMessageNotContaining(SECRET);
            return failure.getMessage();
        }
    }

    private static Answer expected() {
        return new Answer(Dialect.TEXT, null, List.of(), List.of(), new Usage(1, 12, 5));
    }
}
