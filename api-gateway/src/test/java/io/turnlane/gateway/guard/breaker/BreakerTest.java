package io.turnlane.gateway.guard.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.gateway.problem.BreakerOpenException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final class NoAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final Supplier<String> UNANSWERED = () -> {
        throw new NoAnswerException();
    };
    private static final Supplier<String> ERROR_ANSWER = () -> {
        throw new IllegalStateException("an error is an answer too");
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
        fail(UNANSWERED);
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void opensAfterTheMaximumOfConsecutiveFailures() {
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isFalse();
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isTrue();
        assertThatThrownBy(() -> breaker.call(() -> {
                    throw new AssertionError("the backend was called");
                }))
                .isInstanceOf(BreakerOpenException.class);
    }

    @Test
    void anyAnswerResetsTheCount() {
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.call(() -> "yes")).isEqualTo("yes");
        fail(UNANSWERED);
        fail(UNANSWERED);
        fail(ERROR_ANSWER);
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void closesOnlyWhenAProbeIsAnswered() {
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
    void countsFromZeroAfterItHasClosed() {
        open();
        answers = true;
        later.remove().run();
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isFalse();
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void ignoresFailuresOfCallsThatBeganBeforeItClosed() {
        Supplier<String> closesMeanwhile = () -> {
            open();
            answers = true;
            later.remove().run();
            throw new NoAnswerException();
        };
        fail(closesMeanwhile);
        fail(UNANSWERED);
        fail(UNANSWERED);
        assertThat(breaker.isOpen()).as("only two failures since it closed").isFalse();
    }

    @Test
    void staysOpenOnALateAnswer() {
        breaker.call(() -> {
            open();
            return "late";
        });
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void stopsProbingAfterClose() {
        open();
        breaker.close();
        later.remove().run();
        assertThat(probes).isZero();
        assertThat(later).isEmpty();
    }
}
