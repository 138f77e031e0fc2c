package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TestBackendsChoiceTest {

    @Test
    void choosesContainersIfDockerAnswers() {
        assertThat(TestBackendsChoice.choose(Map.of(), true, () -> true).containers())
                .isTrue();
        assertThat(TestBackendsChoice.choose(Map.of("DOCKER_HOST", "tcp://docker:2375"), false, () -> true)
                        .containers())
                .isTrue();
    }

    @Test
    void choosesChildProcessesIfDockerDoesNotAnswer() {
        assertThat(TestBackendsChoice.choose(Map.of(), true, () -> false).containers())
                .isFalse();
    }

    @Test
    void doesNotCallDockerWithoutASocket() {
        TestBackendsChoice choice = TestBackendsChoice.choose(Map.of(), false, () -> {
            throw new AssertionError("called");
        });
        assertThat(choice.containers()).isFalse();
        assertThat(choice.reason()).contains("no Docker");
    }

    @Test
    void followsTheEnvironmentVariable() {
        Map<String, String> embedded = Map.of("TURNLANE_TEST_BACKENDS", "embedded");
        Map<String, String> containers = Map.of("TURNLANE_TEST_BACKENDS", "containers");
        assertThat(TestBackendsChoice.choose(embedded, true, () -> true).containers())
                .isFalse();
        assertThat(TestBackendsChoice.choose(containers, false, () -> false).containers())
                .isTrue();
        assertThatThrownBy(() -> TestBackendsChoice.choose(Map.of("TURNLANE_TEST_BACKENDS", "x"), true, () -> true))
                .hasMessageContaining("must be containers or embedded");
    }
}
