package io.turnlane.gateway.turns.explain;

import static io.turnlane.gateway.turns.explain.Fate.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Steps of turns with each kind of fate. A line has the time of a step in ms, its kind, its attempt (#), processor,
 * fence, gateway (by), position (at), name, outcome (=) and detail.
 */
class TimelineStepsTest {

    private static final String ACCEPTED = "0 accepted by g-1 [limits passed: 100 open turns of the session]";
    private static final String LOGGED = "2 logged at 3@10";
    private static final EndCause REQUESTED = new EndCause(EndCause.REQUESTED, null);

    private static Fate fate() {
        return new Fate();
    }

    private static void assertSteps(Fate fate, String... afterLogged) {
        assertThat(fate.lines(true))
                .containsExactlyElementsOf(Stream.concat(Stream.of(ACCEPTED, LOGGED), Stream.of(afterLogged))
                        .toList());
    }

    @Test
    void completed() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .stage(10, "thinking")
                        .tool(200, "swap_quote", "completed")
                        .text(300)
                        .completes(400, call(20, 0, 100, "completed"), call(210, 30, 180, "completed"))
                        .delivered(405, "g-2", DeliveryChannel.SSE, 104L),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..400 attempt #1 p-1 =completed [first text after 0.294 s]",
                "10 stage #1 'thinking'",
                "20..120 model_call #1 'kimi/k2' =completed [40 tokens in, 7 out]",
                "150..200 tool_call #1 'swap_quote' =completed",
                "210..390 model_call #1 'kimi/k2' =completed [waited 0.030 s for the limits of the provider; 40 tokens"
                        + " in, 7 out]",
                "401 stored =completed",
                "402 ended at 3@104 =completed",
                "405 delivered by g-2 at 3@104 'sse'");
    }

    @Test
    void retried() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .retries(50, ErrorCode.AGENT_TIMEOUT, 1050, call(8, 0, 40, "timeout"))
                        .thenAgain("failed")
                        .begins(1060, "p-1", 7)
                        .completes(1100),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..50 attempt #1 p-1 =failed [agent_timeout]",
                "8..48 model_call #1 'kimi/k2' =timeout",
                "50..1050 retry #1 =agent_timeout",
                "1061..1100 attempt #2 p-1 =completed",
                "1101 stored =completed",
                "1102 ended at 3@103 =completed");
    }

    @Test
    void crashedOnce() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .thenAgain("crashed")
                        .begins(3000, "p-2", 8)
                        .completes(3100),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6 attempt #1 p-1 =crashed",
                "3000 crash #1 p-1 [the processor ended before the attempt; noticed when the turn ran again]",
                "3000 assigned #2 p-2 fence 8 at 3@10",
                "3001..3100 attempt #2 p-2 =completed",
                "3101 stored =completed",
                "3102 ended at 3@102 =completed");
    }

    @Test
    void crashedTwice() {
        List<String> lines = fate().begins(5, "p-1", 7)
                .thenAgain("crashed")
                .begins(3000, "p-2", 8)
                .thenAgain("crashed")
                .begins(6000, "p-3", 9)
                .completes(6100)
                .lines(true);
        assertThat(lines).filteredOn(line -> line.contains(" crash ")).hasSize(2);
        assertThat(lines).filteredOn(line -> line.contains(" assigned ")).hasSize(3);
        assertThat(lines).contains("6001..6100 attempt #3 p-3 =completed");
    }

    @Test
    void poisonAfterTheLastCrash() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .thenAgain("crashed")
                        .begins(3000, "p-2", 8)
                        .thenAgain("crashed")
                        .begins(6000, "p-3", 9)
                        .crashesAgain()
                        .fails(9000, ErrorCode.POISON),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6 attempt #1 p-1 =crashed",
                "3000 crash #1 p-1 [the processor ended before the attempt; noticed when the turn ran again]",
                "3000 assigned #2 p-2 fence 8 at 3@10",
                "3001 attempt #2 p-2 =crashed",
                "6000 crash #2 p-2 [the processor ended before the attempt; noticed when the turn ran again]",
                "6000 assigned #3 p-3 fence 9 at 3@10",
                "6001 attempt #3 p-3 =crashed",
                "9000 crash #3 p-3 [the processor ended before the attempt; noticed when the turn ran again]",
                "9000 stored =failed [poison; copied to quarantine]",
                "9001 ended at 3@103 =failed [poison]");
    }

    @Test
    void handedOverToAnotherProcessorThatRanItAgain() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .released()
                        .thenAgain("released")
                        .begins(90, "p-2", 8)
                        .completes(100),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6 attempt #1 p-1 =released",
                "90 handover #1 p-1 [the partition moved or the processor stopped, so that another attempt follows]",
                "90 assigned #2 p-2 fence 8 at 3@10",
                "91..100 attempt #2 p-2 =completed",
                "101 stored =completed",
                "102 ended at 3@102 =completed");
    }

    @Test
    void handedOverAndEndedByThePreviousOwner() {
        assertSteps(
                fate().begins(5, "p-1", 7).leaves(40).completes(100).publishedAgain(160),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..100 attempt #1 p-1 =completed",
                "40 handover #1 p-1 [the partition moved while the agent worked; the attempt was allowed to end]",
                "101 stored =completed",
                "102 ended at 3@101 =completed",
                "160 ended at 3@102 =completed [published again by the next owner]");
    }

    @Test
    void cancelledWhileWaiting() {
        assertSteps(
                fate().queuedBehind(4, 2).cancelRequested(50).ends(52, RequestStatus.CANCELLED, REQUESTED),
                "4 queued [2 turns are ahead]",
                "50 cancel",
                "52 stored =cancelled",
                "53 ended at 3@101 =cancelled [requested]");
    }

    @Test
    void cancelledWhileRunning() {
        assertSteps(
                fate().begins(5, "p-1", 7).cancelRequested(50).ends(60, RequestStatus.CANCELLED, REQUESTED),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..60 attempt #1 p-1 =cancelled",
                "50 cancel",
                "60 stored =cancelled",
                "61 ended at 3@101 =cancelled [requested]");
    }

    @Test
    void cancelledBetweenTwoAttempts() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .retries(50, ErrorCode.AGENT_ERROR, 1050)
                        .cancelRequested(70)
                        .ends(75, RequestStatus.CANCELLED, REQUESTED),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..50 attempt #1 p-1 =failed [agent_error]",
                "50..1050 retry #1 =agent_error",
                "70 cancel",
                "75 stored =cancelled",
                "76 ended at 3@102 =cancelled [requested]");
    }

    @Test
    void rejectedBecauseItsSessionWasBusy() {
        assertSteps(
                fate().ends(8, RequestStatus.REJECTED, new EndCause("session_busy", Fate.OTHER)),
                "8 stored =rejected",
                "9 ended at 3@100 =rejected [session_busy by " + Fate.OTHER + "]");
    }

    @Test
    void interruptedByALaterQuestion() {
        assertSteps(
                fate().begins(5, "p-1", 7)
                        .cancelRequested(50)
                        .ends(60, RequestStatus.CANCELLED, new EndCause("interrupted", Fate.OTHER)),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..60 attempt #1 p-1 =cancelled",
                "50 cancel",
                "60 stored =cancelled",
                "61 ended at 3@101 =cancelled [interrupted by " + Fate.OTHER + "]");
    }

    @Test
    void coalescedIntoALaterQuestion() {
        assertSteps(
                fate().queuedBehind(4, 1).ends(60, RequestStatus.SUPERSEDED, new EndCause("coalesced", Fate.OTHER)),
                "4 queued [1 turn is ahead]",
                "60 stored =superseded",
                "61 ended at 3@101 =superseded [coalesced by " + Fate.OTHER + "]");
    }

    @Test
    void answeredTogetherWithAnAbsorbedQuestion() {
        assertThat(fate().begins(5, "p-1", 7).absorbs(Fate.OTHER).completes(50).lines(true))
                .endsWith("52 ended at 3@101 =completed [also answers " + Fate.OTHER + "]");
    }

    @Test
    void deadlinePassedWhileWaiting() {
        assertSteps(
                fate().queuedBehind(4, 1).fails(1000, ErrorCode.DEADLINE_EXCEEDED),
                "4 queued [1 turn is ahead]",
                "1000 stored =failed [deadline_exceeded; copied to quarantine]",
                "1001 ended at 3@101 =failed [deadline_exceeded]");
    }

    @Test
    void deadlinePassedWhileRunning() {
        assertSteps(
                fate().begins(5, "p-1", 7).fails(1000, ErrorCode.DEADLINE_EXCEEDED),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..1000 attempt #1 p-1 =failed [deadline_exceeded]",
                "1000 stored =failed [deadline_exceeded; copied to quarantine]",
                "1001 ended at 3@101 =failed [deadline_exceeded]");
    }

    @Test
    void unknownAgent() {
        assertSteps(
                fate().waitsForAgent(6).fails(60_000, ErrorCode.UNKNOWN_AGENT),
                "6 queued [the owner of the partition does not offer the agent]",
                "60000 stored =failed [unknown_agent; copied to quarantine]",
                "60001 ended at 3@101 =failed [unknown_agent]");
    }

    @Test
    void expired() {
        assertSteps(
                fate().fails(90_000, ErrorCode.EXPIRED),
                "90000 stored =failed [expired; copied to quarantine]",
                "90001 ended at 3@100 =failed [expired]");
    }

    @Test
    void failedAndDeliveredToNobody() {
        List<String> lines =
                fate().begins(5, "p-1", 7).fails(90, ErrorCode.AGENT_ERROR).lines(true);
        assertThat(lines)
                .contains("90 stored =failed [agent_error; copied to quarantine]")
                .noneMatch(line -> line.contains("delivered"));
    }

    @Test
    void usageLimitExceeded() {
        assertSteps(
                fate().begins(5, "p-1", 7).fails(90, ErrorCode.USAGE_LIMIT),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6..90 attempt #1 p-1 =failed [usage_limit]",
                "90 stored =failed [usage_limit; copied to quarantine]",
                "91 ended at 3@101 =failed [usage_limit]");
    }

    @Test
    void redriven() {
        List<String> lines =
                fate().redrives(Fate.OTHER).begins(5, "p-1", 7).completes(9).lines(true);
        assertThat(lines.getFirst()).endsWith("asks the quarantined request " + Fate.OTHER + " again]");
    }

    @Test
    void ranWithMemoryThatWasRebuilt() {
        assertThat(fate().begins(5, "p-1", 7, Map.of("memory", "rebuilt"))
                        .completes(9)
                        .lines(true))
                .contains("6..9 attempt #1 p-1 =completed [memory: rebuilt]");
    }

    @Test
    void deliveredToSeveralClientsAndAWebhook() {
        assertThat(fate().begins(5, "p-1", 7)
                        .completes(9)
                        .delivered(12, "g-1", DeliveryChannel.WS, 101L)
                        .delivered(500, "g-2", DeliveryChannel.POLL, null)
                        .webhook("refused")
                        .lines(true))
                .endsWith(
                        "12 delivered by g-1 at 3@101 'ws'",
                        "500 delivered by g-2 'poll'",
                        "? delivered 'webhook'" + " =refused");
    }

    @Test
    void running() {
        assertSteps(
                fate().begins(5, "p-1", 7).text(30),
                "5 assigned #1 p-1 fence 7 at 3@10",
                "6 attempt #1 p-1 =running [first text after 0.024 s]");
    }

    @Test
    void changeOfASession() {
        assertThat(fate().command("update_session")
                        .ended(9, RequestStatus.COMPLETED)
                        .lines(true))
                .containsExactly(ACCEPTED, LOGGED, "9 stored =completed");
    }

    @Test
    void showsTheRecordIfTheLogCouldNotBeRead() {
        assertThat(fate().unpublished()
                        .unreadLog()
                        .ended(9, RequestStatus.COMPLETED)
                        .lines(true))
                .containsExactly(
                        "0 accepted",
                        "? logged at 3@10",
                        "9 stored =completed",
                        "9 ended =completed [the log was not read to the terminal event]");
    }

    static Stream<Fate> fatesWithTexts() {
        return Stream.of(
                fate().begins(5, "p-1", 7)
                        .stage(10, "secret stage")
                        .cancelRequested(50)
                        .ends(60, RequestStatus.CANCELLED, new EndCause("secret reason", null)),
                fate().begins(5, "p-1", 7)
                        .retries(50, ErrorCode.AGENT_ERROR, 100)
                        .thenAgain("failed")
                        .begins(100, "p-1", 7)
                        .fails(110, ErrorCode.AGENT_ERROR));
    }

    @ParameterizedTest
    @MethodSource("fatesWithTexts")
    void hidesTextsOfClientsAndAgents(Fate fate) {
        assertThat(fate.lines(false)).isNotEmpty().noneMatch(line -> line.contains("secret"));
        assertThat(Timeline.of(fate.facts(), null, false).toString()).doesNotContain("secret");
    }

    @Test
    void showsAWaitForAProviderWithoutThePermissionForTexts() {
        assertThat(fate().begins(5, "p-1", 7)
                        .stage(10, "waiting for a free call of kimi")
                        .lines(false))
                .contains("10 stage #1 'waiting for a free call of kimi'");
    }
}
