package io.turnlane.client;

import static io.turnlane.client.ScriptedGateway.delta;
import static io.turnlane.client.ScriptedGateway.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnlaneTest {

    private static final String ACCEPTED = "{\"session_id\":\"s\",\"request_id\":\"r\",\"status\":\"queued\"}";
    private static final String STARTED = event("c0", "started", "{\"request_id\":\"r\",\"attempt\":1,\"seq\":0}");
    private static final String COMPLETED =
            event("c9", "completed", "{\"request_id\":\"r\",\"attempt\":1,\"seq\":9,\"answer\":{\"text\":\"Grüße\"}}");

    private ScriptedGateway one;
    private ScriptedGateway other;
    private TurnlaneClient turnlane;

    @BeforeEach
    void start() throws IOException {
        one = new ScriptedGateway();
        other = new ScriptedGateway();
        turnlane = TurnlaneClient.with(List.of(one.address(), other.address()), Optional::empty, Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    @Test
    void asksAndFollowsToTheEnd() throws Exception {
        one.json(202, ACCEPTED).events(STARTED, delta("c1", 1, 1, 0, "Grü"), delta("c2", 1, 2, 3, "ße"), COMPLETED);
        List<String> seen = new ArrayList<>();

        AskedTurn turn = turnlane.ask(AskRequest.of("Hello?").in("s").policy("interrupt"));
        TurnView end = turn.follow((view, update) -> seen.add(view.text()));

        assertThat(seen).containsExactly("", "Grü", "Grüße", "Grüße");
        assertThat(end.status()).isEqualTo(TurnStatus.COMPLETED);
        assertThat(one.calls().getFirst().path()).isEqualTo("/v1/sessions/s/requests");
        assertThat(one.calls().getFirst().body())
                .contains("\"policy\":\"interrupt\"")
                .doesNotContain("null");
    }

    @Test
    void asksABatchWithOneKeyAndReturnsAllResultsInOrder() throws Exception {
        one.noReplyAfter(Duration.ZERO);
        other.json(202, "{\"batch_id\":\"b\",\"status\":\"running\"}")
                .json(200, "{\"batch_id\":\"b\",\"status\":\"running\"}")
                .json(200, "{\"batch_id\":\"b\",\"status\":\"ended\"}")
                .json(
                        200,
                        "{\"results\":[{\"index\":0,\"request\":{\"status\":\"completed\",\"answer\":{\"text\":\"yes\"},"
                                + "\"error\":null}}],\"next\":\"1\"}")
                .json(
                        200,
                        "{\"results\":[{\"index\":1,\"error\":{\"code\":\"rate_limited\",\"message\":\"later\"}}],"
                                + "\"next\":null}");

        AskedBatch batch = turnlane.askAll(BatchRequest.of(
                        List.of(AskRequest.of("1?").in("s"), AskRequest.of("2?").agent("echo")))
                .callback("https://example.com/hook"));
        List<AskedBatch.BatchAnswer> answers = batch.await();

        assertThat(answers).extracting(AskedBatch.BatchAnswer::index).containsExactly(0, 1);
        assertThat(answers.getFirst().turn())
                .isNotNull()
                .satisfies(turn -> assertThat(turn.text()).isEqualTo("yes"));
        assertThat(answers.getFirst().errorCode()).isNull();
        assertThat(answers.get(1).turn()).isNull();
        assertThat(answers.get(1).errorCode()).isEqualTo("rate_limited");
        ScriptedGateway.ReceivedCall repeated = other.calls().getFirst();
        assertThat(repeated.key()).isNotNull().isEqualTo(one.calls().getFirst().key());
        assertThat(repeated.body())
                .contains("\"session_id\":\"s\"", "\"agent\":\"echo\"", "\"callback_url\"")
                .doesNotContain("null");
    }

    @Test
    void resumesAtTheOtherGatewayAfterTheLastCursor() throws Exception {
        one.json(202, ACCEPTED).brokenEvents(STARTED, delta("c1", 1, 1, 0, "Grü"));
        other.events(delta("c2", 1, 2, 3, "ße"), COMPLETED);
        List<String> pieces = new ArrayList<>();

        turnlane.ask(AskRequest.of("Hello?").in("s")).follow((view, update) -> pieces.add(update.text()));

        assertThat(String.join("", pieces)).isEqualTo("Grüße");
        assertThat(other.calls())
                .extracting(ScriptedGateway.ReceivedCall::cursor)
                .containsExactly("c1");
    }

    /** An agent may be silent for longer than the client's patience. */
    @Test
    @Timeout(20)
    void resumesIfAGatewayDiesDuringASilenceLongerThanThePatience() throws Exception {
        Duration patience = Duration.ofMillis(1_000);
        TurnlaneClient impatient =
                TurnlaneClient.with(List.of(one.address(), other.address()), Optional::empty, patience);
        one.brokenAfter(patience.multipliedBy(2), STARTED, delta("c1", 1, 1, 0, "Grü"));
        other.events(delta("c2", 1, 2, 3, "ße"), COMPLETED);

        assertThat(impatient.turn("s", "r").await().text()).isEqualTo("Grüße");
        assertThat(other.calls())
                .extracting(ScriptedGateway.ReceivedCall::cursor)
                .containsExactly("c1");
    }

    @Test
    @Timeout(20)
    void pollsAnotherGatewayIfOneDiesDuringALongPoll() throws Exception {
        Duration patience = Duration.ofMillis(1_000);
        TurnlaneClient impatient =
                TurnlaneClient.with(List.of(one.address(), other.address()), Optional::empty, patience);
        one.json(204, "").noReplyAfter(patience.multipliedBy(2));
        other.json(200, "{\"status\":\"completed\",\"answer\":{\"text\":\"Grüße\"}}");

        assertThat(impatient.turn("s", "r").await().text()).isEqualTo("Grüße");
    }

    /** Simulates a frozen gateway, or one behind a broken network. */
    @Test
    @Timeout(20)
    void switchesFromAGatewayThatNeverAnswers() throws Exception {
        one.silence();
        other.events(STARTED, COMPLETED);

        assertThat(turnlane.turn("s", "r").await().text()).isEqualTo("Grüße");
    }

    @Test
    @Timeout(20)
    void asksAnotherGatewayIfTheReplyHangsHalfWay() throws Exception {
        one.hangingJson(202, "{\"session_id\":");
        other.json(202, ACCEPTED);

        assertThat(turnlane.ask(AskRequest.of("Hello?")).requestId()).isEqualTo("r");
    }

    /** The server sends the starting cursor of a session's stream before the first event. */
    @ParameterizedTest
    @ValueSource(strings = {"id: c7\n\n", "id: c7\nevent: cursor\ndata: {\"type\":\"cursor\"}\n\n"})
    void resumesAfterACursorWithoutAnEvent(String cursor) throws Exception {
        one.brokenEvents(cursor);
        other.events(STARTED);

        turnlane.followSession("s", null, update -> false);

        assertThat(other.calls())
                .extracting(ScriptedGateway.ReceivedCall::cursor)
                .containsExactly("c7");
    }

    @Test
    void asksAgainUnderTheSameKeyIfTheReplyIsLost() throws Exception {
        other.json(202, ACCEPTED);

        assertThat(turnlane.ask(AskRequest.of("Hello?")).requestId()).isEqualTo("r");

        assertThat(one.calls()).hasSize(1);
        assertThat(other.calls().getFirst().key())
                .isEqualTo(one.calls().getFirst().key())
                .hasSize(32);
    }

    @Test
    void triesTheNextGatewayIfOneIsUnavailable() throws Exception {
        one.json(503, "{\"code\":\"unavailable\"}");
        other.json(202, ACCEPTED);

        assertThat(turnlane.ask(AskRequest.of("Hello?")).sessionId()).isEqualTo("s");
    }

    @Test
    void reportsARejectionAtOnce() {
        one.json(422, "{\"code\":\"unknown_agent\",\"detail\":\"There is no agent x.\"}");

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> turnlane.ask(AskRequest.of("Hello?").agent("x")))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo("unknown_agent"))
                .withMessage("There is no agent x. (422 unknown_agent)");
        assertThat(one.calls().size() + other.calls().size()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH"})
    void doesNotRepeatCallsThatAreNotIdempotent(String method) {
        other.json(200, "{}");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> turnlane.call(method, "/v1/quarantine/r/redrive", null));
        assertThat(other.calls()).isEmpty();
    }

    @Test
    void waitsAtLeastForRetryAfter() {
        Backoff backoff = new Backoff(Duration.ofMinutes(1));
        Duration asked = Duration.ofSeconds(7);

        assertThat(Stream.generate(() -> backoff.delay(Optional.of(asked))).limit(200))
                .allMatch(wait -> wait.compareTo(asked) >= 0);
        assertThat(new Backoff(Duration.ofMinutes(1)).delay(Optional.of(Duration.ZERO)))
                .as("a Retry-After of zero does not cause a busy loop")
                .isGreaterThanOrEqualTo(Duration.ofMillis(80));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7                              | 7
            0                              | 0
            9999999999                     | 3600
            99999999999999999999999        | 3600
            Sun, 29 Nov 2026 20:00:09 GMT  | 9
            Sun, 29 Nov 2026 19:00:00 GMT  | 0
            Fri, 29 Nov 2126 20:00:00 GMT  | 3600
            -5                             |
            soon                           |
            7.5                            |
            ''                             |
            """)
    void readsRetryAfterAsANumberOrADateAndLimitsIt(String header, Long seconds) {
        HttpHeaders headers = HttpHeaders.of(
                Map.of("Retry-After", List.of(header), "Date", List.of("Sun, 29 Nov 2026 20:00:00 GMT")),
                (name, value) -> true);

        assertThat(ProblemException.of(503, "{}".getBytes(StandardCharsets.UTF_8), headers)
                        .retryAfter())
                .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }

    @Test
    void pollsForTheEndIfTheStreamHasNoMoreEvents() throws Exception {
        one.json(202, ACCEPTED)
                .json(204, "")
                .json(200, "{\"status\":\"failed\",\"error\":{\"code\":\"poison\",\"message\":\"no\"}}");

        TurnView end = turnlane.ask(AskRequest.of("Hello?").in("s")).await();

        assertThat(end.status()).isEqualTo(TurnStatus.FAILED);
        assertThat(end.error().path("code").asString()).isEqualTo("poison");
    }

    @Test
    void cancels() throws Exception {
        one.json(202, "{\"status\":\"running\",\"cancel_requested\":true}");

        turnlane.turn("s", "r").cancel();

        assertThat(one.calls())
                .extracting(ScriptedGateway.ReceivedCall::method, ScriptedGateway.ReceivedCall::path)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("POST", "/v1/sessions/s/requests/r/cancel"));
    }

    @Test
    void followsASessionUntilTheListenerReturnsFalse() throws Exception {
        one.brokenEvents(STARTED);
        other.events(delta("c1", 1, 1, 0, "x"), COMPLETED);
        List<String> types = new ArrayList<>();

        Optional<String> last = turnlane.followSession("s", "c", update -> {
            types.add(update.type());
            return types.size() < 2;
        });

        assertThat(types).containsExactly("started", "delta");
        assertThat(last).contains("c1");
    }

    @Test
    void failsIfNoGatewayAnswersInTime() throws IOException {
        URI nobody = one.address();
        one.close();
        TurnlaneClient impatient = TurnlaneClient.with(List.of(nobody), Optional::empty, Duration.ofMillis(300));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> impatient.ask(AskRequest.of("Hello?")))
                .withMessage("no connection to 127.0.0.1:" + nobody.getPort());
    }
}
