package io.turnlane.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {

    private static final ToolStep STEP =
            new ToolStep(null, List.of(new ToolStep.ToolUse("1", "search", "{}", "found")));
    private static final RequestId REQUEST = RequestId.parse("0192f1de-7a3c-7000-8000-000000000001");
    private static final Instant AT = Instant.parse("2026-11-21T06:00:00.123Z");

    private final WireFormat wire = new WireFormat();

    @Test
    void readsTheDeliveriesAndCallsOfModelsThatItWrote() throws Exception {
        DeliveryBatch batch = new DeliveryBatch(
                "g-1",
                List.of(
                        new ClientDelivery(REQUEST, DeliveryChannel.WS, 3, 17L, AT),
                        new ClientDelivery(REQUEST, DeliveryChannel.POLL, 3, null, AT)));
        assertThat(wire.read(wire.writeValue(batch), DeliveryBatch.class)).isEqualTo(batch);
        CalledModel[] calls = {
            new CalledModel("kimi", "k2", AT, Duration.ofMillis(5), Duration.ofMillis(40), "completed", 30, 7)
        };
        assertThat(wire.read(wire.writeValue(calls), CalledModel[].class)).containsExactly(calls);
    }

    @Test
    void readsBackTheCommandsItWrites() throws Exception {
        Ask ask = new Ask(
                REQUEST,
                new SessionId("s-1"),
                null,
                "echo",
                "why?",
                Map.of("delay_ms", 5),
                Duration.ofMinutes(15),
                AT,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        assertThat(wire.readCommand("ask", wire.write(ask))).isEqualTo(ask);

        DeleteSession delete = new DeleteSession(REQUEST, new SessionId("s-1"), "ada", AT);
        assertThat(wire.readCommand("delete_session", wire.write(delete))).isEqualTo(delete);

        RebuildSession rebuild = new RebuildSession(REQUEST, new SessionId("s-1"), "ada", AT);
        assertThat(wire.readCommand("rebuild_session", wire.write(rebuild))).isEqualTo(rebuild);
    }

    @Test
    void readsBackTheCommandsThatChangeSessions() throws Exception {
        SessionId session = new SessionId("s-1");
        Map<String, Object> patch = new java.util.HashMap<>(Map.of("kept", List.of(1, 2)));
        patch.put("removed", null);
        UpdateSession update = new UpdateSession(REQUEST, session, "ada", AT, null, patch, Duration.ofMinutes(5));
        assertThat(wire.readCommand("update_session", wire.write(update))).isEqualTo(update);

        PastTurn turn =
                new PastTurn(REQUEST, RequestStatus.COMPLETED, "why?", "so", 0.5, List.of(), Duration.ofMillis(12), AT);
        SessionState state = new SessionState(
                "echo",
                Map.of("a", 1),
                new AgentStates(Map.of("echo", Map.of("step", 2, "cart", List.of("tea")))),
                Duration.ofHours(1),
                AT,
                3,
                Duration.ofSeconds(2),
                List.of(turn));
        ImportSession imported = new ImportSession(REQUEST, session, null, AT, state, null);
        assertThat(wire.readCommand("import_session", wire.write(imported))).isEqualTo(imported);

        String old = text(wire.write(imported)).replaceFirst("\"agent_states\":\\{.*?}},", "");
        assertThat(((ImportSession) wire.readCommand("import_session", old.getBytes(StandardCharsets.UTF_8))).state())
                .as("written before agents had states")
                .isEqualTo(new SessionState(
                        "echo", Map.of("a", 1), Duration.ofHours(1), AT, 3, Duration.ofSeconds(2), List.of(turn)));

        ForkSession fork = new ForkSession(REQUEST, session, null, AT, REQUEST, new SessionId("s-2"));
        assertThat(wire.readCommand("fork_session", wire.write(fork))).isEqualTo(fork);
    }

    @Test
    void rejectsAHistoryWithADuplicateOrARunningTurn() {
        PastTurn turn = new PastTurn(
                REQUEST, RequestStatus.COMPLETED, "why?", "so", null, List.of(), Duration.ofMillis(12), AT);
        PastTurn running =
                new PastTurn(REQUEST, RequestStatus.RUNNING, "why?", null, null, List.of(), Duration.ofMillis(12), AT);
        for (List<PastTurn> turns : List.of(List.of(turn, turn), List.of(running))) {
            assertThatThrownBy(() -> new SessionState(
                            "echo", Map.of(), Duration.ofHours(1), AT, 3, Duration.ofSeconds(2), turns))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private record DurationValue(Duration time) {}

    @Test
    void readsDurationsOfUpToAHundredYearsWithoutLoss() throws Exception {
        for (long seconds = 1; seconds < ValueRanges.LONGEST.toSeconds(); seconds = seconds * 3 + 1) {
            for (int micros : new int[] {0, 1, 123_000, 123_457, 999_999}) {
                DurationValue written = new DurationValue(Duration.ofSeconds(seconds, micros * 1000L));
                assertThat(wire.read(wire.writeValue(written), DurationValue.class))
                        .isEqualTo(written);
            }
        }
    }

    /** A command with such a value would fail in a conversion to milliseconds, and again after each retry. */
    @ParameterizedTest
    @CsvSource({
        "createdAt, +1000000000-12-31T23:59:59Z",
        "createdAt, -0001-01-01T00:00:00Z",
        "createdAt, 1969-12-31T23:59:59.999Z",
        "total, 1e18",
        "total, -1",
        "count, 9e18",
        "count, -1",
        "ttl, 1e300",
        "processingTime, 1e18",
        "processingTime, -1e18",
        "confidence, 1.5",
        "confidence, '\"NaN\"'",
        "score, '\"Infinity\"'",
        "score, null",
        "timestamp, +10000-01-01T00:00:00Z"
    })
    void rejectsCommandsWithValuesOutsideTheirRange(String field, String value) throws Exception {
        assertThat(wire.readCommand("import_session", imported("", ""))).isInstanceOf(ImportSession.class);
        assertThatThrownBy(() -> wire.readCommand("import_session", imported(field, value)))
                .isInstanceOf(UnreadableRecordException.class);
    }

    private static byte[] imported(String field, String value) {
        Map<String, String> values = new java.util.HashMap<>(Map.of(
                "createdAt", AT.toString(),
                "total", "2.5",
                "count", "3",
                "ttl", "3600",
                "processingTime", "0.5",
                "confidence", "1.0",
                "score", "0.5",
                "timestamp", AT.toString()));
        values.replace(field, value);
        return """
                {"request_id": "%s", "session_id": "s-1", "created_at": "%s", "state": {
                 "agent": "echo", "metadata": {}, "ttl": %s, "created_at": "%s",
                 "request_count": %s, "total_processing_time": %s, "turns": [
                  {"request_id": "%s", "status": "completed", "question": "why?", "answer": "so", "confidence": %s,
                   "sources": [{"id": "a", "title": "A", "score": %s}], "processing_time": %s, "timestamp": "%s"}]}}
                """.formatted(
                        REQUEST,
                        AT,
                        values.get("ttl"),
                        values.get("createdAt"),
                        values.get("count"),
                        values.get("total"),
                        REQUEST,
                        values.get("confidence"),
                        values.get("score"),
                        values.get("processingTime"),
                        values.get("timestamp"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Clocks that differ have measured such times. A session that holds one can still be read, forked and imported. */
    @Test
    void bringsAnImpossibleProcessingTimeIntoItsRange() {
        assertThat(pastTurn(Duration.ofSeconds(-598)).processingTime()).isZero();
        assertThat(pastTurn(Duration.ofDays(4000)).processingTime()).isEqualTo(ValueRanges.LONGEST_TURN);
    }

    private static PastTurn pastTurn(Duration processingTime) {
        return new PastTurn(REQUEST, RequestStatus.COMPLETED, "why?", "so", null, List.of(), processingTime, AT);
    }

    @Test
    void writesCommandsInSnakeCaseWithSecondsAndUtc() {
        Ask ask = new Ask(
                REQUEST,
                new SessionId("s-1"),
                null,
                "echo",
                "why?",
                Map.of(),
                Duration.ofMillis(1500),
                AT,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        assertThat(text(wire.write(ask)))
                .contains("\"request_id\":\"0192f1de-7a3c-7000-8000-000000000001\"", "\"session_ttl\":1.5")
                .contains("\"created_at\":\"2026-11-21T06:00:00.123Z\"")
                .doesNotContain("type");
    }

    @Test
    void ignoresFieldsOfANewerMinorVersion() throws Exception {
        String newer = """
                {"request_id":"%s","session_id":"s","agent":"echo","question":"?","metadata":{},"session_ttl":60,
                 "created_at":"2026-11-21T06:00:00Z","mood":"bright"}""".formatted(REQUEST);
        assertThat(wire.readCommand("ask", newer.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Ask.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "null", "[]", "{}", "{\"request_id\":\"x\"}", "{\"request_id\":7}"})
    void rejectsInvalidCommandsWithoutQuotingThem(String value) {
        assertThatThrownBy(() -> wire.readCommand("ask", value.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageMatching("not a readable Ask|null is not a valid Ask");
    }

    @Test
    void rejectsUnknownCommandTypes() {
        assertThatThrownBy(() -> wire.readCommand("sing", new byte[0])).isInstanceOf(UnreadableRecordException.class);
        assertThatThrownBy(() -> wire.readCommand(null, new byte[0])).isInstanceOf(UnreadableRecordException.class);
    }

    @ParameterizedTest
    @CsvSource({"1.0,true", "1.7,true", "2.0,false", "1,false", "x,false", "'',false", ",false"})
    void readsAnyMinorOfItsMajorVersion(String version, boolean readable) {
        assertThat(WireFormat.isReadable(version)).isEqualTo(readable);
    }

    @Test
    void writesAnEventAsOneLineOfJson() {
        assertThat(text(wire.write(event(new TurnEvent.Delta("line\nbreak", 12)))))
                .isEqualTo("{\"request_id\":\"" + REQUEST + "\",\"session_id\":\"s-1\",\"type\":\"delta\","
                        + "\"at\":\"2026-11-21T06:00:00.123Z\",\"attempt\":2,\"seq\":3,"
                        + "\"text\":\"line\\nbreak\",\"pos\":12}");
        assertThat(text(wire.write(event(new TurnEvent.Started())))).endsWith("\"seq\":3}");
        assertThat(text(wire.write(event(new TurnEvent.Completed(
                        new Answer("So.", 0.5, List.of(new Source("a", "A", 0.5)), List.of(), Usage.NONE))))))
                .contains("\"answer\":{\"text\":\"So.\",\"confidence\":0.5,\"sources\":[{\"id\":\"a\",")
                .contains("\"usage\":{\"model_calls\":0,\"input_tokens\":0,\"output_tokens\":0}");
        assertThat(text(wire.write(event(new TurnEvent.Failed(TurnError.of(ErrorCode.AGENT_ERROR, "no"))))))
                .contains("\"error\":{\"code\":\"agent_error\",\"message\":\"no\"}");
    }

    @Test
    void writesTheSuggestionsOfAnAnswerOnlyIfThereAreAny() throws Exception {
        Answer none = Answer.ofText("So.");
        assertThat(text(wire.writeValue(none))).doesNotContain("suggestions");
        Answer some = new Answer("So.", null, List.of(), List.of(), List.of("What is gas?"), Usage.NONE);
        TurnEvent completed = event(new TurnEvent.Completed(some));
        assertThat(text(wire.write(completed))).contains("\"suggestions\":[\"What is gas?\"]");
        assertThat(wire.readTerminalEvent(wire.write(completed))).isEqualTo(completed);
    }

    @Test
    void writesTheToolCallsOfAnAnswerOnlyIfThereAreAny() throws Exception {
        assertThat(text(wire.writeValue(Answer.ofText("So.")))).doesNotContain("tool_calls");
        ToolCall call = new ToolCall("search", Duration.ofMillis(20), ToolOutcome.TIMED_OUT);
        Answer some = new Answer("So.", null, List.of(), List.of(), List.of(), List.of(call), Usage.NONE);
        assertThat(text(wire.writeValue(some)))
                .contains("\"tool_calls\":[{\"tool\":\"search\",\"duration\":0.02,\"outcome\":\"timed_out\"}]");
        assertThat(wire.read(wire.writeValue(some), Answer.class)).isEqualTo(some);
    }

    @Test
    void keepsAtMostFiveSuggestionsOfAtMost300Characters() {
        List<String> offered = List.of("1", " ", "2", "x".repeat(301), "3", "4", "5", "6");
        assertThat(new Answer("", null, List.of(), List.of(), offered, Usage.NONE).suggestions())
                .containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void writesTheUsageOfATurnThatFailedAndItsCostIfItIsKnown() {
        TurnError error = TurnError.of(ErrorCode.USAGE_LIMIT, "no");
        assertThat(text(wire.write(event(new TurnEvent.Failed(error, new Usage(2, 30, 4, 0.0000015, "USD"))))))
                .contains("\"usage\":{\"model_calls\":2,\"input_tokens\":30,\"output_tokens\":4,"
                        + "\"cost\":1.5E-6,\"currency\":\"USD\"}");
        assertThat(text(wire.write(event(new TurnEvent.Failed(error, new Usage(2, 30, 4))))))
                .contains("\"output_tokens\":4}");
        assertThat(text(wire.write(event(new TurnEvent.Failed(error))))).doesNotContain("\"usage\"");
    }

    @Test
    void readsUsageWithoutCostAndAnswersWithoutUsage() throws Exception {
        byte[] old = "{\"model_calls\":2,\"input_tokens\":30,\"output_tokens\":4}".getBytes(UTF_8);
        assertThat(wire.read(old, Usage.class)).isEqualTo(new Usage(2, 30, 4));
        byte[] answer = "{\"text\":\"So.\",\"sources\":[],\"artifacts\":[]}".getBytes(UTF_8);
        assertThat(wire.read(answer, Answer.class).usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void writesTheCallOfATool() {
        assertThat(text(wire.write(
                        event(new TurnEvent.ToolCalled("search", Duration.ofMillis(20), ToolOutcome.NOT_ALLOWED)))))
                .endsWith("\"seq\":3,\"tool\":\"search\",\"duration\":0.02,\"outcome\":\"not_allowed\"}");
    }

    @Test
    void writesTheToolStepsOfAPastTurnOnlyIfThereAreAny() throws Exception {
        PastTurn none = pastTurn(Duration.ZERO);
        assertThat(text(wire.writeValue(none))).doesNotContain("tool_steps");
        assertThat(wire.read(wire.writeValue(none), PastTurn.class)).isEqualTo(none);
        PastTurn some = new PastTurn(
                REQUEST, RequestStatus.COMPLETED, "why?", "so", null, List.of(), Duration.ZERO, AT, List.of(STEP));
        assertThat(text(wire.writeValue(some)))
                .contains("\"tool_steps\":[{\"calls\":[{\"id\":\"1\",\"tool\":\"search\",\"arguments\":\"{}\","
                        + "\"result\":\"found\"}]}]");
        assertThat(wire.read(wire.writeValue(some), PastTurn.class)).isEqualTo(some);
        assertThat(some.withoutToolSteps()).isEqualTo(none);
    }

    @Test
    void writesTheMemoryIssueOfAStartedEvent() {
        assertThat(text(wire.write(event(new TurnEvent.Started(MemoryIssue.REBUILT)))))
                .endsWith("\"seq\":3,\"memory\":\"rebuilt\"}");
    }

    @Test
    void readsBackTerminalEvents() throws Exception {
        Answer answer = new Answer("So.", 0.5, List.of(new Source("a", "A", 0.5)), List.of(Map.of("b", 1)), Usage.NONE);
        TurnEvent completed = event(new TurnEvent.Completed(answer));
        assertThat(wire.readTerminalEvent(wire.write(completed))).isEqualTo(completed);
        TurnEvent failed = event(new TurnEvent.Failed(TurnError.of(ErrorCode.AGENT_ERROR, "no")));
        assertThat(wire.readTerminalEvent(wire.write(failed))).isEqualTo(failed);
        Usage usage = new Usage(2, 30, 4, 0.5, "USD");
        for (TurnEvent.Body body : List.of(
                new TurnEvent.Failed(TurnError.of(ErrorCode.AGENT_ERROR, "no"), usage),
                new TurnEvent.Cancelled(new EndCause("requested", null), usage),
                new TurnEvent.Cancelled(new EndCause("requested", null)),
                new TurnEvent.Superseded(new EndCause("coalesced", REQUEST)),
                new TurnEvent.Rejected(new EndCause("session_busy", REQUEST)))) {
            assertThat(wire.readTerminalEvent(wire.write(event(body)))).isEqualTo(event(body));
        }
        AgentStates states = new AgentStates(Map.of("echo", Map.of("step", 2)));
        assertThat(wire.readTerminalEvent(wire.write(completed), text(wire.writeValue(states)), null))
                .isEqualTo(event(new TurnEvent.Completed(answer, null, states, List.of())));
        List<ToolStep> steps = List.of(STEP, new ToolStep("Hm.", List.of()));
        TurnEvent kept = event(new TurnEvent.Completed(answer, null, null, steps));
        assertThat(text(wire.write(kept))).as("not shown to clients").isEqualTo(text(wire.write(completed)));
        assertThat(wire.readTerminalEvent(wire.write(kept), null, text(wire.writeValue(steps))))
                .isEqualTo(kept);
        byte[] other = wire.write(event(new TurnEvent.Stage("thinking")));
        assertThatThrownBy(() -> wire.readTerminalEvent(other)).isInstanceOf(UnreadableRecordException.class);
    }

    private static TurnEvent event(TurnEvent.Body body) {
        return new TurnEvent(REQUEST, new SessionId("s-1"), 2, 3, AT, body);
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
