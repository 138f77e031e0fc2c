package io.turnlane.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.rig.RigSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenarioTest {

    @ParameterizedTest
    @EnumSource
    void drawsTheSameScheduleForASeedAndAnotherOneForAnotherSeed(Scenario scenario) {
        List<Fault> plan = scenario.plan(42, Form.FULL);
        assertThat(scenario.plan(42, Form.FULL)).isEqualTo(plan);
        assertThat(scenario.plan(43, Form.FULL)).isNotEqualTo(plan);
    }

    @ParameterizedTest
    @EnumSource
    void theQuickFormIsShort(Scenario scenario) {
        Duration time = scenario.plan(42, Form.QUICK).stream()
                .map(fault ->
                        fault.after().plus(fault.hold().multipliedBy(fault.amount() > 1 ? 2L * fault.amount() : 1)))
                .reduce(Duration.ZERO, Duration::plus);
        assertThat(time).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void theFullFormHasAsManyFaultsAsThePromisesRequire() {
        assertThat(count(Scenario.F1, FaultKind.KILL)).isGreaterThanOrEqualTo(20);
        assertThat(count(Scenario.F3, FaultKind.KILL)).isGreaterThanOrEqualTo(20);
        assertThat(count(Scenario.F4, FaultKind.KILL)).isGreaterThanOrEqualTo(5);
        assertThat(count(Scenario.F6, FaultKind.KILL)).isGreaterThanOrEqualTo(20);
        assertThat(count(Scenario.F9, FaultKind.SWALLOW)).isGreaterThanOrEqualTo(1000);
        assertThat(count(Scenario.F13, FaultKind.FREEZE)).isGreaterThanOrEqualTo(50);
        Fault storm = Scenario.F14.plan(42, Form.FULL).getFirst();
        assertThat(storm.hold().multipliedBy(2L * storm.amount())).isGreaterThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void theSettleTimeIncludesLongRunningQuestions() {
        Duration regular = Scenario.settle(Scenario.F1.plan(42, Form.FULL));
        Duration run = Scenario.F19.plan(42, Form.FULL).getFirst().hold();

        assertThat(Scenario.settle(Scenario.F19.plan(42, Form.FULL))).isEqualTo(regular.plus(run));
    }

    private static int count(Scenario scenario, FaultKind kind) {
        return scenario.plan(42, Form.FULL).stream()
                .filter(fault -> fault.kind() == kind)
                .mapToInt(Fault::amount)
                .sum();
    }

    @Test
    void aFrozenProcessorLosesItsPartitionsBeforeItResumes() {
        assertThat(Scenario.F13.plan(42, Form.FULL))
                .allMatch(fault -> fault.hold().compareTo(RigSettings.SESSION_TIMEOUT) > 0);
    }

    @Test
    void theListOfScenariosIsComplete() {
        Set<String> wanted = Stream.of(
                        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
                .map(number -> "F" + number)
                .collect(Collectors.toSet());
        assertThat(Scenario.values()).extracting(Scenario::name).containsExactlyInAnyOrderElementsOf(wanted);
    }
}
