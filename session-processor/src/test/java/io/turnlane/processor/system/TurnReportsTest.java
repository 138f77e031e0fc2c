package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.model.Phase;
import io.turnlane.model.ProcessorStatistics.AgentUsage;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.EchoAgent;
import io.turnlane.processor.turn.TurnReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Log lines and metrics of flights. */
class TurnReportsTest {

    private static final Instant START = Instant.parse("2026-11-21T06:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TurnMeters meters =
            new TurnMeters(registry, new AgentCatalog(List.of(new EchoAgent.EchoAgentFactory())));

    @Test
    void theLogTellsApartEqualSessionIdsOfDifferentUsers() {
        assertThat(logged(SessionKey.of("alice", new SessionId("s-1"))))
                .contains(new KeyValuePair("session", new SessionId("s-1")))
                .contains(new KeyValuePair("user", SessionKey.namespaceOf("alice")))
                .doesNotContain(new KeyValuePair("user", SessionKey.namespaceOf("bob")));
    }

    @Test
    void countsAndTimesRunsByAgent() {
        meters.flightEnded(report("echo", "completed", ""));
        assertThat(registry.get("turnlane.runs")
                        .tags("agent", "echo", "outcome", "completed")
                        .counter()
                        .count())
                .isOne();
        for (String timer : List.of("turnlane.turn.duration", "turnlane.agent.duration")) {
            assertThat(registry.get(timer).tag("agent", "echo").timer().count()).isOne();
        }
    }

    @Test
    void countsTimeoutsByTheirCode() {
        meters.flightEnded(report("echo", "retrying", "agent_timeout"));
        assertThat(registry.get("turnlane.failures")
                        .tags("code", "agent_timeout", "agent", "echo")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void countsUsageByAgentAndProvider() {
        Usage usage = new Usage(2, 100, 20, 0.5, "USD");
        UsageTotals totals =
                new UsageTotals(new AgentCatalog(List.of(new EchoAgent.EchoAgentFactory())), new UsageMeters(registry));
        totals.flightEnded(used("echo", Map.of("kimi", usage)));
        totals.flightEnded(used("echo", Map.of("kimi", usage)));
        for (int i = 0; i < 100; i++) {
            totals.flightEnded(used("named-by-a-client-" + i, Map.of("provider-of-an-agent-" + i, usage)));
        }
        assertThat(totals.totals())
                .contains(new AgentUsage("echo", "kimi", usage.plus(usage)))
                .hasSize(2);
        assertThat(registry.get("turnlane.model.calls")
                        .tags("agent", "echo", "provider", "kimi")
                        .counter()
                        .count())
                .isEqualTo(4);
        assertThat(registry.get("turnlane.model.tokens")
                        .tags("agent", "echo", "provider", "kimi", "direction", "input")
                        .counter()
                        .count())
                .isEqualTo(200);
        assertThat(registry.get("turnlane.model.cost")
                        .tags("agent", "other", "provider", "other", "currency", "USD")
                        .counter()
                        .count())
                .isEqualTo(50);
    }

    private static TurnReport used(String agent, Map<String, Usage> usage) {
        return new TurnReport(
                SessionKey.of(null, new SessionId("s-1")),
                new RequestId(UUID.randomUUID()),
                agent,
                "retrying",
                "agent_error",
                1,
                Map.of(),
                usage);
    }

    @Test
    void boundsTheValuesOfTags() {
        for (int i = 0; i < 100; i++) {
            meters.flightEnded(report("named-by-a-client-" + i, "failed", "code-of-an-agent-" + i));
        }
        meters.flightEnded(report("", "deleted", ""));
        assertThat(registry.get("turnlane.runs").tag("agent", "other").counter().count())
                .isEqualTo(100);
        assertThat(registry.get("turnlane.runs").tag("agent", "none").counter().count())
                .isOne();
        assertThat(registry.get("turnlane.failures").counters()).hasSize(1);
    }

    private static TurnReport report(String agent, String outcome, String code) {
        return report(SessionKey.of(null, new SessionId("s-1")), agent, outcome, code);
    }

    private static TurnReport report(SessionKey session, String agent, String outcome, String code) {
        return new TurnReport(
                session,
                new RequestId(UUID.randomUUID()),
                agent,
                outcome,
                code,
                1,
                Map.of(
                        Phase.RECEIVED,
                        START,
                        Phase.PROVIDER_CALL_START,
                        START,
                        Phase.PROVIDER_CALL_END,
                        START.plusMillis(5),
                        Phase.COMPLETED,
                        START.plusMillis(7)),
                Map.of());
    }

    private static List<KeyValuePair> logged(SessionKey session) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.turnlane.turn");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            new TurnLog().flightEnded(report(session, "echo", "completed", ""));
            return lines.list.getFirst().getKeyValuePairs();
        } finally {
            logger.detachAppender(lines);
        }
    }
}
