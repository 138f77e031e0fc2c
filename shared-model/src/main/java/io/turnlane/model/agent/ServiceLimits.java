package io.turnlane.model.agent;

import java.util.Map;

/**
 * Limits of the calls that one processor makes to a model service.
 *
 * @param concurrent calls at the same time
 * @param requestsPerSecond calls started in a second; 0 for no limit
 * @param tokensPerMinute tokens in and out in a minute; 0 for no limit
 * @param attempts calls for one answer, including repetitions after errors of the service
 */
public record ServiceLimits(int concurrent, double requestsPerSecond, long tokensPerMinute, int attempts) {

    public static final ServiceLimits DEFAULT = new ServiceLimits(64, 0, 0, 3);

    static ServiceLimits read(DefinitionFields fields) throws InvalidFieldException {
        ServiceLimits limits = new ServiceLimits(
                fields.integer("concurrent", DEFAULT.concurrent, 1, 100_000),
                fields.number("requests_per_second", DEFAULT.requestsPerSecond, 0, 100_000),
                fields.integer("tokens_per_minute", (int) DEFAULT.tokensPerMinute, 0, 1_000_000_000),
                fields.integer("attempts", DEFAULT.attempts, 1, 10));
        fields.checkAllRead();
        return limits;
    }

    Map<String, Object> fields() {
        return Map.of(
                "concurrent", concurrent,
                "requests_per_second", requestsPerSecond,
                "tokens_per_minute", tokensPerMinute,
                "attempts", attempts);
    }
}
