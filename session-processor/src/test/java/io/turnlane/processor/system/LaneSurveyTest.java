package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Priority;
import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.intake.PartitionState;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A survey of lanes with one slot, so that only the first lane runs. */
class LaneSurveyTest {

    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private final List<Runnable> started = new ArrayList<>();
    private final LaneScheduler<SessionKey, Turn> lanes = new LaneScheduler<>(
            1, started::add, (_, _) -> () -> {}, Turn::requestId, (_, _) -> LaneOutcome.DONE, (_, _) -> {});
    private long offset;

    private void ask(String session, String agent) {
        Turn.Envelope envelope =
                new Turn.Envelope(null, null, null, TurnPolicy.ENQUEUE, Priority.NORMAL, null, agent, null, null);
        SessionKey key = SessionKey.of(null, new SessionId(session));
        lanes.offer(key, turn(key, envelope));
    }

    private Turn turn(SessionKey key, Turn.Envelope envelope) {
        RequestId id = RequestId.parse("0192f1de-7a3c-7000-8000-%012d".formatted(++offset));
        return new Turn(key, id, envelope, 3, offset, START.plusSeconds(offset), null);
    }

    private LaneSurvey survey(PartitionState... partitions) {
        LaneSurvey survey = new LaneSurvey(List.of(partitions));
        lanes.visit(survey);
        return survey;
    }

    @Test
    void countsTurnsByAgentAndFindsTheLongestWaitingTurn() {
        ask("s-1", "kimi");
        ask("s-2", "echo");
        ask("s-1", "kimi");
        ask("s-2", "echo");
        LaneSurvey survey = survey();
        assertThat(survey.agents()).containsExactly(new AgentLoad("echo", 0, 2), new AgentLoad("kimi", 1, 1));
        LaneDetail longest = survey.longestWaiting();
        assertThat(longest.sessionId()).isEqualTo(new SessionId("s-2"));
        assertThat(longest.state()).isEqualTo("ready");
        assertThat(longest.waiting()).isEqualTo(longest.first());
        LaneDetail running = survey.lanes().getFirst();
        assertThat(running.state()).isEqualTo("running");
        assertThat(running.turns()).isEqualTo(2);
        assertThat(running.waiting().askedAt()).isEqualTo(START.plusSeconds(3));
        assertThat(running.inState()).isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void keepsABoundedNumberOfLanesAndThoseAreTheOldest() {
        for (int i = 1; i <= 3 * LaneSurvey.MAX_LANES; i++) {
            ask("s-" + i, "agent-" + i);
        }
        LaneSurvey survey = survey();
        assertThat(survey.lanes())
                .hasSize(LaneSurvey.MAX_LANES)
                .isSortedAccordingTo(
                        (a, b) -> a.first().askedAt().compareTo(b.first().askedAt()));
        assertThat(survey.lanes().getLast().sessionId()).isEqualTo(new SessionId("s-" + LaneSurvey.MAX_LANES));
        assertThat(survey.agents()).hasSize(LaneSurvey.MAX_AGENTS);
    }

    @Test
    void findsTheTurnThatHoldsAFrontier() {
        ask("s-1", "kimi");
        ask("s-2", "kimi");
        PartitionState held = new PartitionState(3, 2, 9, 1, 0, Duration.ZERO, Duration.ZERO);
        assertThat(survey(held).holder(3).sessionId()).isEqualTo(new SessionId("s-2"));
        PartitionState idle = new PartitionState(3, 2, 2, 0, 0, Duration.ZERO, Duration.ZERO);
        assertThat(survey(idle).holder(3)).isNull();
    }
}
