package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.log.TopicsProperties;
import io.turnlane.processor.system.ProcessorProperties.AnswerProperties;
import io.turnlane.processor.system.ProcessorProperties.CacheProperties;
import io.turnlane.processor.system.ProcessorProperties.ConfiguredAgentProperties;
import io.turnlane.processor.system.ProcessorProperties.IntakeProperties;
import io.turnlane.processor.system.ProcessorProperties.MemoryProperties;
import io.turnlane.processor.system.ProcessorProperties.RetrievalProperties;
import io.turnlane.processor.system.ProcessorProperties.RetryProperties;
import io.turnlane.processor.system.ProcessorProperties.ToolProperties;
import io.turnlane.processor.system.ProcessorProperties.UsageProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class ProcessorPropertiesTest {

    @Test
    void aFrontierMayStayAsLongAsATurnCanTake() {
        assertThat(ObserverConfiguration.maxFrontierStill(bind(Map.of())))
                .as("10 min for the agent's processor, and 3 attempts of 300 s, 10 s and 30 s")
                .isEqualTo(Duration.ofMinutes(27));
        assertThat(ObserverConfiguration.maxFrontierStill(bind(Map.of("answer.timeout", "50m"))))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void hasTheDocumentedDefaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new ProcessorProperties(
                        "",
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        new IntakeProperties(
                                "turnlane-processors",
                                1000,
                                5000,
                                DataSize.ofMegabytes(64),
                                100_000,
                                Duration.ofMillis(100),
                                Duration.ofMillis(500),
                                Duration.ofMillis(200),
                                Duration.ofSeconds(5)),
                        new RetryProperties(3, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        new AnswerProperties(
                                Duration.ofSeconds(300),
                                Map.of(),
                                Duration.ofSeconds(10),
                                DataSize.ofKilobytes(256),
                                DataSize.ofKilobytes(512),
                                DataSize.ofKilobytes(16),
                                Duration.ofMillis(15)),
                        new MemoryProperties(10, DataSize.ofMegabytes(1), Duration.ofHours(24), 3),
                        new CacheProperties(10_000, Duration.ofMinutes(5)),
                        new RetrievalProperties(true, 1000, 2000),
                        new ConfiguredAgentProperties("", List.of("*_API_KEY", "*_TOKEN"), ""),
                        new ToolProperties(Duration.ofSeconds(10), DataSize.ofKilobytes(8)),
                        new UsageProperties(10, 20_000, "USD")));
    }

    @Test
    void bindsEveryProperty() {
        assertThat(bind(Map.ofEntries(
                        Map.entry("id", "p-1"),
                        Map.entry("agent-wait", "7m"),
                        Map.entry("drain-budget", "1s"),
                        Map.entry("intake.group", "g"),
                        Map.entry("intake.running", "2"),
                        Map.entry("intake.open", "3"),
                        Map.entry("intake.open-size", "4KB"),
                        Map.entry("intake.places", "33"),
                        Map.entry("answer.timeouts.echo", "34s"),
                        Map.entry("answer.grace", "35s"),
                        Map.entry("intake.poll-time", "5ms"),
                        Map.entry("intake.commit-interval", "6ms"),
                        Map.entry("intake.revoke-budget", "7ms"),
                        Map.entry("intake.handover", "77ms"),
                        Map.entry("retry.failures", "8"),
                        Map.entry("retry.first", "9ms"),
                        Map.entry("retry.most", "10ms"),
                        Map.entry("answer.timeout", "11s"),
                        Map.entry("answer.text", "12KB"),
                        Map.entry("answer.artifacts", "13KB"),
                        Map.entry("answer.delta", "14KB"),
                        Map.entry("answer.gather", "15ms"),
                        Map.entry("memory.turns", "16"),
                        Map.entry("memory.size", "17KB"),
                        Map.entry("memory.results", "18h"),
                        Map.entry("memory.crashes", "19"),
                        Map.entry("cache.sessions", "20"),
                        Map.entry("cache.time-to-live", "21"),
                        Map.entry("retrieval.enabled", "false"),
                        Map.entry("retrieval.waiting", "22"),
                        Map.entry("retrieval.remembered", "23"),
                        Map.entry("agents.file", "agents.yaml"),
                        Map.entry("agents.secret-variables", "KEY_*"),
                        Map.entry("agents.secret-folder", "secrets"),
                        Map.entry("tools.timeout", "24s"),
                        Map.entry("tools.result", "25KB"),
                        Map.entry("usage.model-calls", "26"),
                        Map.entry("usage.tokens", "27"),
                        Map.entry("usage.currency", "EUR"))))
                .isEqualTo(new ProcessorProperties(
                        "p-1",
                        Duration.ofMinutes(7),
                        Duration.ofSeconds(1),
                        new IntakeProperties(
                                "g",
                                2,
                                3,
                                DataSize.ofKilobytes(4),
                                33,
                                Duration.ofMillis(5),
                                Duration.ofMillis(6),
                                Duration.ofMillis(7),
                                Duration.ofMillis(77)),
                        new RetryProperties(8, Duration.ofMillis(9), Duration.ofMillis(10)),
                        new AnswerProperties(
                                Duration.ofSeconds(11),
                                Map.of("echo", Duration.ofSeconds(34)),
                                Duration.ofSeconds(35),
                                DataSize.ofKilobytes(12),
                                DataSize.ofKilobytes(13),
                                DataSize.ofKilobytes(14),
                                Duration.ofMillis(15)),
                        new MemoryProperties(16, DataSize.ofKilobytes(17), Duration.ofHours(18), 19),
                        new CacheProperties(20, Duration.ofSeconds(21)),
                        new RetrievalProperties(false, 22, 23),
                        new ConfiguredAgentProperties("agents.yaml", List.of("KEY_*"), "secrets"),
                        new ToolProperties(Duration.ofSeconds(24), DataSize.ofKilobytes(25)),
                        new UsageProperties(26, 27, "EUR")));
    }

    @Test
    void rejectsSettingsThatCouldDropAnOutcomeWhileItsTurnRuns() {
        TopicsProperties topics = new Binder(new MapConfigurationPropertySource())
                .bindOrCreate("turnlane.topics", TopicsProperties.class);
        assertThatThrownBy(() -> ProcessorConfiguration.rules(bind(Map.of("memory.results", "1h")), topics))
                .hasMessageContaining("maximum duration of a turn");
        assertThatThrownBy(() -> ProcessorConfiguration.rules(bind(Map.of("answer.timeouts.slow", "1h")), topics))
                .hasMessageContaining("maximum duration of a turn");
        assertThat(ProcessorConfiguration.rules(bind(Map.of()), topics).minRequestRetention())
                .isEqualTo(Duration.ofHours(23));
    }

    @Test
    void limitsTheHandoverToTheSessionTimeoutOfTheGroup() {
        Duration configured = bind(Map.of()).intake().handover();
        assertThat(ProcessorConfiguration.handoverTime(configured, "10000")).isEqualTo(Duration.ofSeconds(5));
        assertThat(ProcessorConfiguration.handoverTime(configured, 3000)).isEqualTo(Duration.ofSeconds(3));
        assertThat(ProcessorConfiguration.handoverTime(configured, null)).isEqualTo(Duration.ofSeconds(5));
        assertThat(ProcessorConfiguration.handoverTime(Duration.ZERO, "10000")).isEqualTo(Duration.ZERO);
    }

    private static ProcessorProperties bind(Map<String, String> values) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        values.forEach((name, value) -> source.put("turnlane.processor." + name, value));
        return new Binder(source).bindOrCreate("turnlane.processor", ProcessorProperties.class);
    }
}
