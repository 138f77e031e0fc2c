package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UnknownSettingTest {

    @Test
    void stopsTheStartAndNamesTheNearestSetting() {
        assertThatThrownBy(
                        () -> TestGateway.start("turnlane.gateway.stream.max=1").close())
                .hasStackTraceContaining("Did you mean turnlane.gateway.streams.max?");
        assertThatThrownBy(() ->
                        TestGateway.start("turnlane.procesor.intake.running=1").close())
                .as("a setting of the other application")
                .hasStackTraceContaining("Did you mean turnlane.processor.intake.running?");
    }
}
