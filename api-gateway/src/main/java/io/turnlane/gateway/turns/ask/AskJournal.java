package io.turnlane.gateway.turns.ask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.PreparedTurn;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Counts questions by their outcome and the sessions that they created, and logs accepted questions. Thread-safe. */
final class AskJournal {

    private static final Logger LOG = LoggerFactory.getLogger(AskJournal.class);

    private final Map<AskOutcome, Counter> asks = new EnumMap<>(AskOutcome.class);
    private final Counter sessionsCreated;

    /** Outcomes of questions. The names in lower case are values of a metric's tag. */
    enum AskOutcome {
        ACCEPTED,
        REPLAYED,
        IDEMPOTENCY_CONFLICT,
        SESSION_QUEUE_FULL,
        BUDGET_EXHAUSTED,
        SESSION_BUSY,
        UNAVAILABLE
    }

    AskJournal(MeterRegistry metrics) {
        for (AskOutcome outcome : AskOutcome.values()) {
            asks.put(
                    outcome,
                    Counter.builder("turnlane.asks")
                            .description("Questions by their outcome at the gateway")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(metrics));
        }
        this.sessionsCreated = Counter.builder("turnlane.new.sessions")
                .description("Sessions created, by the way of their creation")
                .tag("by", "question")
                .register(metrics);
    }

    void count(AskOutcome outcome) {
        Objects.requireNonNull(asks.get(outcome)).increment();
    }

    /**
     * Counts and logs an accepted question: who asked, but never the text. Includes the user's key, because different
     * users can have equal session ids.
     */
    void accepted(Accepted accepted) {
        count(accepted.replayed() ? AskOutcome.REPLAYED : AskOutcome.ACCEPTED);
        if (accepted.newSession()) {
            sessionsCreated.increment();
        }
        PreparedTurn turn = accepted.turn();
        LoggingEventBuilder line = LOG.atInfo()
                .setMessage("question accepted")
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request_id", turn.requestId())
                .addKeyValue("agent", accepted.agent())
                .addKeyValue("policy", turn.options().policy().wire())
                .addKeyValue("position", accepted.position());
        (accepted.route() == null ? line : line.addKeyValue("route", accepted.route())).log();
    }
}
