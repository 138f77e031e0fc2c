package io.turnlane.gateway.turns.ask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Counters of questions by their outcome, and of the sessions that they created. */
final class AskMetrics {

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

    AskMetrics(MeterRegistry metrics) {
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

    void countNewSession() {
        sessionsCreated.increment();
    }
}
