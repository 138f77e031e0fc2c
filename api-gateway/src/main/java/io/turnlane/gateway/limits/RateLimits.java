package io.turnlane.gateway.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.limits.TokenBuckets.Taken;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.model.ErrorCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * How often one user may call, through all gateways together; through each, while Redis is away.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RateLimits {

    private final LimitRules rules;
    private final TokenBuckets shared;
    private final TokenBuckets local;
    private final MeterRegistry metrics;

    /** What is counted. */
    public enum Kind {
        REQUESTS("requests"),
        CATCH_UPS("catch-ups");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /**
     * How a caller stands with one limit, as the two header fields of draft-ietf-httpapi-ratelimit-headers-11 say it.
     *
     * @param policy {@code RateLimit-Policy}
     * @param limit {@code RateLimit}; t is how long until all of the quota is there again
     * @param refusal null where the call goes on
     */
    record Stand(String policy, String limit, @Nullable Refusal refusal) {}

    public RateLimits(LimitRules rules, RedisTokenBuckets shared, LocalTokenBuckets local, MeterRegistry metrics) {
        this.rules = rules;
        this.shared = shared;
        this.local = local;
        this.metrics = metrics;
    }

    /** @throws Refusal where the caller has called too often */
    public void require(Caller caller, Kind kind) {
        take(caller, kind).map(Stand::refusal).ifPresent(refusal -> {
            throw refusal;
        });
    }

    /** Counts one; empty where nothing bounds this caller. */
    Optional<Stand> take(Caller caller, Kind kind) {
        int quota = switch (kind) {
            case REQUESTS -> rules.requestsPerMinute();
            case CATCH_UPS -> rules.catchUpsPerMinute();
        };
        if (quota == 0 || !rules.bind(caller)) {
            return Optional.empty();
        }
        Taken taken = take(caller.namespace(), kind.word, quota);
        return Optional.of(new Stand(
                "\"%s\";q=%d;w=60".formatted(kind.word, quota),
                "\"%s\";r=%d;t=%d"
                        .formatted(
                                kind.word,
                                taken.left(),
                                taken.full().plusMillis(999).toSeconds()),
                taken.ok() ? null : refusal(kind, quota, taken)));
    }

    private Taken take(String namespace, String kind, int quota) {
        try {
            return shared.take(namespace, kind, quota);
        } catch (DataAccessException away) {
            return local.take(namespace, kind, quota);
        }
    }

    private Refusal refusal(Kind kind, int quota, Taken taken) {
        Limited.count(metrics, kind.word);
        return Refusal.later(ErrorCode.RATE_LIMITED, "at most " + quota + " " + kind.word + " a minute", taken.next());
    }
}
