package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.turnlane.processor.Choices;
import io.turnlane.processor.turn.Turn;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Runs the engine's own classes, from the delivered record to the completed offset, through every order of deliveries,
 * thread steps, answers, failures, retries, revocations and losses that is possible for a small log. For logs of this
 * size the test is exhaustive, not a sample.
 */
class EveryOrderTest {

    /** Suppresses the warnings of tens of thousands of failing agents. */
    @BeforeAll
    static void suppressWarnings() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Turn.class.getPackageName())).setLevel(Level.ERROR);
    }

    @AfterAll
    static void restoreLogLevel() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Turn.class.getPackageName())).setLevel(null);
    }

    @Test
    void keepsEveryPromiseInEveryOrder() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a", "b"), 1, 2, 100).run());
        System.out.println("EveryOrderTest explored " + runs + " orders");
        assertThat(runs).isGreaterThan(10_000);
    }

    /** The partition may also move to a second processor, which waits for flights that are handed over. */
    @Test
    void keepsEveryPromiseInEveryOrderOfHandovers() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a"), 2, 4, 9).run());
        System.out.println("EveryOrderTest explored " + runs + " orders of two processors");
        assertThat(runs).isGreaterThan(10_000);
    }

    /** The wake-up may arrive or not: beginning a turn and storing its answer both check the request record. */
    @Test
    void keepsEveryPromiseInEveryOrderWithACancel() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a", "b"), 1, 2, 7)
                .cancelling()
                .run());
        System.out.println("EveryOrderTest explored " + runs + " orders with a cancel");
        assertThat(runs).isGreaterThan(10_000);
    }
}
