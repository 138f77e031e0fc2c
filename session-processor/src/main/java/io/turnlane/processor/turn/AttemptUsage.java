package io.turnlane.processor.turn;

import io.turnlane.model.Usage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Usage of models in one attempt, by provider. The agent's thread adds to it, and the lane's thread reads it after the
 * call of the agent. Thread-safe, because an agent can continue after its call was abandoned.
 */
final class AttemptUsage {

    /** Provider of usage that an agent returned in its answer only. */
    private static final String UNKNOWN = "";

    private final Map<String, Usage> byProvider = new LinkedHashMap<>();

    synchronized void add(String provider, Usage usage) {
        if (!usage.equals(Usage.NONE)) {
            byProvider.merge(provider, usage, Usage::plus);
        }
    }

    /** Adds the usage in an answer, unless the agent has reported its usage during the call. */
    synchronized void addAnswered(Usage usage) {
        if (byProvider.isEmpty()) {
            add(UNKNOWN, usage);
        }
    }

    synchronized Usage total() {
        return byProvider.values().stream().reduce(Usage.NONE, Usage::plus);
    }

    /** Returns the usage of each provider. */
    synchronized Map<String, Usage> byProvider() {
        return Map.copyOf(byProvider);
    }
}
