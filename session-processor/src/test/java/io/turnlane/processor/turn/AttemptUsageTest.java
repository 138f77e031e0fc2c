package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Usage of models at each end of a turn. */
class AttemptUsageTest extends TurnTests {

    private static final Usage CALL = new Usage(1, 100, 20, 0.002, "USD");

    @Test
    void theCallsOfAllAttemptsAreInTheAnswer() {
        List<Usage> earlier = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            earlier.add(CurrentTurn.get().orElseThrow().usage());
            sink.usage("kimi", CALL);
            if (earlier.size() < 3) {
                throw new IllegalStateException("no");
            }
            return Answer.ofText("because");
        };
        run();
        run();
        run();
        Usage all = CALL.plus(CALL).plus(CALL);
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Completed.class,
                        completed -> assertThat(completed.answer().usage()).isEqualTo(all));
        assertThat(earlier).containsExactly(Usage.NONE, CALL, CALL.plus(CALL));
        assertThat(reports)
                .as("each flight reports its own usage")
                .allSatisfy(report -> assertThat(report.usage()).isEqualTo(Map.of("kimi", CALL)));
        events.clear();
        run();
        assertThat(events.getLast().body())
                .as("the stored answer, published again")
                .isInstanceOfSatisfying(
                        TurnEvent.Completed.class,
                        completed -> assertThat(completed.answer().usage()).isEqualTo(all));
        assertThat(reports.getLast().usage()).isEmpty();
    }

    @Test
    void theUsageOfAnAgentThatReportsNoCallsIsThatOfItsAnswer() {
        agent = (question, remembered, sink) -> Answer.ofText("because").withUsage(CALL);
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Completed.class,
                        completed -> assertThat(completed.answer().usage()).isEqualTo(CALL));
        assertThat(reports.getLast().usage()).isEqualTo(Map.of("", CALL));
    }

    @Test
    void theUsageInTheAnswerOfAnAgentThatReportsItsCallsIsIgnored() {
        agent = (question, remembered, sink) -> {
            sink.usage("kimi", CALL);
            return Answer.ofText("because").withUsage(CALL);
        };
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Completed.class,
                        completed -> assertThat(completed.answer().usage()).isEqualTo(CALL));
    }

    @Test
    void aFailedTurnHasItsUsage() {
        agent = (question, remembered, sink) -> {
            sink.usage("kimi", CALL);
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "enough");
        };
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.usage()).isEqualTo(CALL));
        assertThat(memory.usageOfUser(ask.key().namespace())).isEqualTo(CALL);
        events.clear();
        run();
        assertThat(events.getLast().body())
                .as("published again")
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.usage()).isEqualTo(CALL));
        assertThat(memory.usageOfUser(ask.key().namespace())).isEqualTo(CALL);
    }

    @Test
    void aCancelledTurnHasItsUsage() {
        agent = (question, remembered, sink) -> {
            sink.usage("kimi", CALL);
            memory.requestCancel(ask.requestId());
            return Answer.ofText("too late");
        };
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Cancelled.class,
                        cancelled -> assertThat(cancelled.usage()).isEqualTo(CALL));
        assertThat(memory.usageOfUser(ask.key().namespace())).isEqualTo(CALL);
    }

    @Test
    void dataThatRedisLosesBeforeTheAnswerIsStoredChangesNoUsage() {
        memory.loseBeforeCommit();
        agent = (question, remembered, sink) -> {
            sink.usage("kimi", CALL);
            return Answer.ofText("because");
        };
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Completed.class,
                        completed -> assertThat(completed.answer().usage()).isEqualTo(CALL));
        assertThat(memory.usageOfUser(ask.key().namespace())).isEqualTo(CALL);
    }
}
