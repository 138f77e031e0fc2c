package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.processor.ProcessorApplication;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsCheckTest {

    @Test
    void stopsTheStartAtAMisspeltSetting() {
        assertThatThrownBy(() -> ProcessorApplication.application()
                        .run("--turnlane.procesor.intake.running=1")
                        .close())
                .hasStackTraceContaining("Did you mean turnlane.processor.intake.running?");
    }

    @Test
    void stopsTheStartAtAMisspeltVariable() {
        assertThatThrownBy(() -> check(variables("TURNLANE_PROCESSOR_INTAKE_RUNING")))
                .hasMessageContaining("Unknown setting TURNLANE_PROCESSOR_INTAKE_RUNING in variables")
                .hasMessageContaining("Did you mean turnlane.processor.intake.running?");
        assertThatCode(() -> check(variables("TURNLANE_PROCESSOR_INTAKE_RUNNING")))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(variables("TURNLANE_GATEWAY_SERVICE_HOST"))).doesNotThrowAnyException();
    }

    @Test
    void acceptsSettingsOfTheGateway() {
        assertThatCode(() -> check(new MapPropertySource("file", Map.of("turnlane.gateway.streams.max", "1"))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "whsec_dG9vIHNob3J0"})
    void stopsTheStartIfWebhooksHaveNoValidSecret(String secret) {
        Map<String, Object> settings = new HashMap<>(Map.of("turnlane.webhooks.enabled", "true"));
        if (!secret.isEmpty()) {
            settings.put("turnlane.webhooks.secrets", secret);
        }
        assertThatThrownBy(() -> check(new MapPropertySource("file", settings)))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .hasMessageContaining("turnlane.webhooks.secrets is missing or invalid")
                .hasMessageContaining("echo whsec_$(openssl rand -base64 24)")
                .message()
                .doesNotContain("dG9v");
        settings.put("turnlane.webhooks.secrets", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThatCode(() -> check(new MapPropertySource("file", settings))).doesNotThrowAnyException();
    }

    @Test
    void stopsTheStartWithoutASecretBeforeItUsesKafka() {
        assertThatThrownBy(() -> ProcessorApplication.application()
                        .run("--turnlane.webhooks.enabled=true", "--spring.kafka.bootstrap-servers=127.0.0.1:1")
                        .close())
                .isInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("turnlane.webhooks.secrets is missing or invalid");
    }

    private static PropertySource<?> variables(String name) {
        return new SystemEnvironmentPropertySource("variables", Map.of(name, "1"));
    }

    private static void check(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(source);
        new SettingsCheck(environment).postProcessBeanFactory(new DefaultListableBeanFactory());
    }
}
