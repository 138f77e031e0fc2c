package io.turnlane.processor.turn;

import io.turnlane.model.CalledModel;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The first calls of models in an attempt, which the event that ends the attempt contains. Thread-safe; the object's
 * monitor guards the list.
 */
final class ModelCalls {

    private final List<CalledModel> calls = new ArrayList<>(0);

    /**
     * Adds a call, unless the list already has {@link CalledModel#MAX_CALLS}.
     *
     * @param end time at which the call ended
     * @param waited time for which the call waited for a permit
     */
    synchronized void add(
            Instant end,
            String provider,
            String model,
            Duration waited,
            Duration duration,
            String outcome,
            Usage usage) {
        if (calls.size() < CalledModel.MAX_CALLS) {
            Instant begin = end.minus(duration).truncatedTo(ChronoUnit.MILLIS);
            calls.add(new CalledModel(
                    provider, model, begin, waited, duration, outcome, usage.inputTokens(), usage.outputTokens()));
        }
    }

    synchronized List<CalledModel> all() {
        return List.copyOf(calls);
    }
}
