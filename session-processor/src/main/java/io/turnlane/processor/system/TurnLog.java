package io.turnlane.processor.system;

import io.turnlane.model.Phase;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes one structured log line for each flight (execution of a turn). The line contains the user, session, request,
 * outcome, and the duration of each phase. Never logs questions or answers.
 */
final class TurnLog implements TurnObserver {

    private static final Logger log = LoggerFactory.getLogger("io.turnlane.turn");

    private static final Set<String> FAILED = Set.of("failed", "unreadable", "poison");

    @Override
    public void flightEnded(TurnReport report) {
        boolean failed = FAILED.contains(report.outcome());
        LoggingEventBuilder line = log.atLevel(failed ? Level.WARN : Level.INFO)
                .addKeyValue("user", report.session().namespace())
                .addKeyValue("session", report.session().sessionId())
                .addKeyValue("request", report.request())
                .addKeyValue("outcome", report.outcome())
                .addKeyValue("attempt", report.attempt());
        if (!report.code().isEmpty()) {
            line = line.addKeyValue("code", report.code());
        }
        if (!report.agent().isEmpty()) {
            line = line.addKeyValue("agent", report.agent());
        }
        line = time(line, report, "queued_ms", Phase.RECEIVED, Phase.DEQUEUED);
        line = time(line, report, "memory_ms", Phase.DEQUEUED, Phase.SESSION_ALLOCATED);
        line = time(line, report, "agent_ms", Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END);
        line = time(line, report, "store_ms", Phase.PROVIDER_CALL_END, Phase.SESSION_RELEASED);
        line = time(line, report, "publish_ms", Phase.SESSION_RELEASED, Phase.COMPLETED);
        line = time(line, report, "total_ms", Phase.RECEIVED, Phase.COMPLETED);
        line.log("flight ended");
    }

    private static LoggingEventBuilder time(
            LoggingEventBuilder line, TurnReport report, String name, Phase from, Phase to) {
        return report.between(from, to)
                .map(Duration::toMillis)
                .map(millis -> line.addKeyValue(name, millis))
                .orElse(line);
    }
}
