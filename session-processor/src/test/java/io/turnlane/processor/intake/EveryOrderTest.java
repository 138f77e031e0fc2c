package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.turnlane.processor.Choices;
import io.turnlane.processor.turn.TurnRunner;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The engine's own classes, from the delivered record to the completed offset, through every order of deliveries,
 * threads, answers, failures, retries, revocations and losses that a small log can see. Proved for these sizes, not
 * sampled.
 */
class EveryOrderTest {

    /** Tens of thousands of agents fail here, and each would say so. */
    @BeforeAll
    static void beQuiet() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(TurnRunner.class.getPackageName()))
                .setLevel(Level.ERROR);
    }

    @AfterAll
    static void beHeardAgain() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(TurnRunner.class.getPackageName())).setLevel(null);
    }

    @Test
    void keepsEveryPromiseInEveryOrder() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a", "b"), 1, 2, 100).live());
        System.out.println("EveryOrderTest explored " + runs + " orders");
        assertThat(runs).isGreaterThan(10_000);
    }

    /** The partition may go to another processor too, which waits for flights that are handed over. */
    @Test
    void keepsEveryPromiseInEveryOrderOfHandovers() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a"), 2, 4, 9).live());
        System.out.println("EveryOrderTest explored " + runs + " orders of two processors");
        assertThat(runs).isGreaterThan(10_000);
    }

    /** The wake-up may be heard or not: whoever begins the turn next, or stores its answer, looks at its record. */
    @Test
    void keepsEveryPromiseInEveryOrderWithACancel() {
        long runs = Choices.explore(choices -> new EveryOrderWorld(choices, List.of("a", "a", "b"), 1, 2, 7)
                .cancelling()
                .live());
        System.out.println("EveryOrderTest explored " + runs + " orders with a cancel");
        assertThat(runs).isGreaterThan(10_000);
    }
}
