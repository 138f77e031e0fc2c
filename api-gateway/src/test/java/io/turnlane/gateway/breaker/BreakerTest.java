package io.turnlane.gateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final class NoAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final Supplier<String> SILENT = () -> {
        throw new NoAnswerException();
    };
    private static final Supplier<String> WRONG = () -> {
        throw new IllegalStateException("an answer, if not the one hoped for");
    };

    private final Queue<Runnable> later = new ArrayDeque<>();
    private boolean answers;
    private int probes;
    private final Breaker breaker = new Breaker(3, NoAnswerException.class::isInstance, this::probe, later::add);

    private void probe() {
        probes++;
        if (!answers) {
            throw new NoAnswerException();
        }
    }

    private void fail(Supplier<String> call) {
        assertThatThrownBy(() -> breaker.call(call)).isNotInstanceOf(BreakerOpenException.class);
    }

    private void open() {
        fail(SILENT);
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void opensAfterSoManySilencesInARow() {
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.isOpen()).isFalse();
        fail(SILENT);
        assertThat(breaker.isOpen()).isTrue();
        assertThatThrownBy(() -> breaker.call(() -> {
                    throw new AssertionError("was asked");
                }))
                .isInstanceOf(BreakerOpenException.class);
    }

    @Test
    void anyAnswerBeginsTheCountAnew() {
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.call(() -> "yes")).isEqualTo("yes");
        fail(SILENT);
        fail(SILENT);
        fail(WRONG);
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void closesWhenAProbeIsAnsweredAndNotBefore() {
        open();
        assertThat(later).hasSize(1);
        later.remove().run();
        assertThat(breaker.isOpen()).isTrue();
        answers = true;
        later.remove().run();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.call(() -> "yes")).isEqualTo("yes");
        assertThat(later).as("no probe is left").isEmpty();
        assertThat(probes).isEqualTo(2);
    }

    @Test
    void countsAnewAfterItHasClosed() {
        open();
        answers = true;
        later.remove().run();
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.isOpen()).isFalse();
        fail(SILENT);
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void aCallFromBeforeItClosedOpensNothing() {
        Supplier<String> closesMeanwhile = () -> {
            open();
            answers = true;
            later.remove().run();
            throw new NoAnswerException();
        };
        fail(closesMeanwhile);
        fail(SILENT);
        fail(SILENT);
        assertThat(breaker.isOpen()).as("two in a row since").isFalse();
    }

    @Test
    void aLateAnswerLeavesItToTheProbe() {
        breaker.call(() -> {
            open();
            return "late";
        });
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void stopsProbingWhenItIsClosedForGood() {
        open();
        breaker.close();
        later.remove().run();
        assertThat(probes).isZero();
        assertThat(later).isEmpty();
    }
}
