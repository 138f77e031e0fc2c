package io.turnlane.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SettingNamesTest {

    @Test
    void namesTheNearestSettingOfAMisspeltOne() {
        assertThat(SettingNames.nearestTo("turnlane.procesor.intake.running"))
                .hasValue("turnlane.processor.intake.running");
        assertThat(SettingNames.nearestTo("turnlane.processor.intake.opensiz"))
                .hasValue("turnlane.processor.intake.open-size");
        assertThat(SettingNames.nearestTo("turnlane.gateway.stream.max")).hasValue("turnlane.gateway.streams.max");
        assertThat(SettingNames.nearestTo("turnlane.processor.intake")).isPresent();
    }

    @Test
    void acceptsEverySettingInEveryFormThatSpringAccepts() {
        for (String name : SettingNames.ALL) {
            assertThat(SettingNames.nearestTo(name)).as(name).isEmpty();
            String variable = name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
            assertThat(SettingNames.nearestToVariable(variable)).as(variable).isEmpty();
            String legacy = name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
            assertThat(SettingNames.nearestToVariable(legacy)).as(legacy).isEmpty();
        }
        for (String name : List.of(
                "turnlane.processor.intake.openSize",
                "turnlane.processor.intake.open_size",
                "turnlane.processor.answer.timeouts.my-agent",
                "turnlane.webhooks.secrets[0]",
                "turnlane.security.allowed-origins[1]",
                "spring.kafka.bootstrap-servers",
                "turnlaneother.setting")) {
            assertThat(SettingNames.nearestTo(name)).as(name).isEmpty();
        }
    }

    @Test
    void namesTheNearestSettingOfAMisspeltVariable() {
        assertThat(SettingNames.nearestToVariable("TURNLANE_PROCESOR_INTAKE_RUNNING"))
                .hasValue("turnlane.processor.intake.running");
        assertThat(SettingNames.nearestToVariable("TURNLANE_SECURITY_MODUS")).hasValue("turnlane.security.mode");
    }

    @Test
    void ignoresVariablesWithAnotherPurpose() {
        for (String variable : List.of(
                "TURNLANE_HOME",
                "TURNLANE_URL",
                "TURNLANE_API_KEY",
                "TURNLANE_DATA",
                "TURNLANE_VERSION",
                "TURNLANE_GATEWAY_SERVICE_HOST",
                "TURNLANE_GATEWAY_PORT",
                "TURNLANE_PROCESSOR_PORT_8080_TCP_ADDR",
                "TURNLANE_PROCESSOR_ANSWER_TIMEOUTS_ECHO",
                "TURNLANE_WEBHOOKS_SECRETS_0",
                "PATH")) {
            assertThat(SettingNames.nearestToVariable(variable)).as(variable).isEmpty();
        }
    }
}
