package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.Answer;
import io.turnlane.processor.turn.Flight.AgentAbandonedException;
import io.turnlane.processor.turn.Flight.StopReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlightTest extends TurnTests {

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration AGENT_TIME = Duration.ofMillis(900);
    private static final Duration HANDOVER = Duration.ofSeconds(1);
    private static final Answer ANSWER = Answer.ofText("because");

    private final AtomicInteger abandoned = new AtomicInteger();
    private final Flight flight = new Flight(1, turn(ask, new byte[0]), delay, GRACE, abandoned);

    @AfterEach
    void noTimerIsLeftAndTheLaneThreadIsNotInterrupted() {
        flight.close();
        assertThat(delay.waiting()).isZero();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void keepsTheFirstReasonForWhichItIsStopped() throws Exception {
        flight.enterAgent();
        flight.callAgent(Runnable::run, () -> {
            flight.stop(StopReason.TIMEOUT);
            flight.stop(StopReason.RELEASED);
            return ANSWER;
        });
        assertThat(flight.stopReason()).isEqualTo(StopReason.TIMEOUT);
    }

    @Test
    void isNotStoppedAfterItsAgentHasEnded() throws Exception {
        flight.enterAgent();
        assertThat(flight.callAgent(Runnable::run, () -> ANSWER)).isEqualTo(ANSWER);
        flight.stop(StopReason.CANCELLED);
        assertThat(flight.stopReason()).isNull();
    }

    @Test
    void interruptsAnAgentWhoseThreadStartsAfterTheStop() throws Exception {
        List<Boolean> interrupted = new ArrayList<>();
        flight.enterAgent();
        flight.callAgent(
                thread -> {
                    flight.stop(StopReason.RELEASED);
                    thread.run();
                },
                () -> {
                    interrupted.add(Thread.currentThread().isInterrupted());
                    return ANSWER;
                });
        assertThat(interrupted).containsExactly(true);
    }

    @Test
    void doesNotCallAnAgentThatWasAbandonedBeforeItsThreadStarted() {
        flight.enterAgent();
        assertThatThrownBy(() -> flight.callAgent(
                        thread -> {
                            flight.stop(StopReason.TIMEOUT);
                            delay.pass(GRACE);
                            thread.run();
                        },
                        () -> {
                            calls.incrementAndGet();
                            return ANSWER;
                        }))
                .isInstanceOf(AgentAbandonedException.class);
        assertThat(calls).hasValue(0);
        assertThat(abandoned).as("agents that still run").hasValue(0);
    }

    @Test
    void isStoppedIfItsPartitionLeavesBeforeItsAgentIsCalled() {
        assertThat(flight.startHandover(AGENT_TIME, HANDOVER)).isFalse();
        assertThat(flight.inHandover()).isFalse();
        assertThat(flight.enterAgent()).isFalse();
        assertThat(flight.stopReason()).isEqualTo(StopReason.RELEASED);
    }

    @Test
    void mayEndItsTurnWithinTheHandoverIfItsPartitionLeavesWhileTheAnswerIsStored() throws Exception {
        flight.enterAgent();
        flight.callAgent(Runnable::run, () -> ANSWER);
        assertThat(flight.startHandover(AGENT_TIME, HANDOVER))
                .as("no agent continues")
                .isFalse();
        assertThat(flight.inHandover()).isTrue();
        delay.pass(HANDOVER.minusMillis(1));
        assertThat(flight.inHandover()).isTrue();
        delay.pass(Duration.ofMillis(1));
        assertThat(flight.inHandover()).isFalse();
    }
}
