package io.turnlane.gateway.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.limits.TokenBuckets.TokenResult;
import io.turnlane.gateway.problem.ProblemDetailException;
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

    private final UserLimits rules;
    private final TokenBuckets shared;
    private final TokenBuckets local;
    private final MeterRegistry metrics;

    /** What is counted. */
    public enum RateLimitKind {
        REQUESTS("requests"),
        CATCH_UPS("catch-ups");

        private final String word;

        RateLimitKind(String word) {
            this.word = word;
        }
    }

    /**
     * How a caller stands with one limit, as the two header fields of draft-ietf-httpapi-ratelimit-headers-11 say it.
     *
     * @param policy {@code RateLimit-Policy}
     * @param rateLimit {@code RateLimit}; t is how long until all of the quota is there again
     * @param problem null where the call goes on
     */
    record RateLimitStatus(
            String policy, String rateLimit, @Nullable ProblemDetailException problem) {}

    public RateLimits(UserLimits rules, RedisTokenBuckets shared, LocalTokenBuckets local, MeterRegistry metrics) {
        this.rules = rules;
        this.shared = shared;
        this.local = local;
        this.metrics = metrics;
    }

    /** @throws ProblemDetailException where the caller has called too often */
    public void consumeOrThrow(Caller caller, RateLimitKind kind) {
        consume(caller, kind).map(RateLimitStatus::problem).ifPresent(refusal -> {
            throw refusal;
        });
    }

    /** Counts one; empty where nothing bounds this caller. */
    Optional<RateLimitStatus> consume(Caller caller, RateLimitKind kind) {
        int quota = switch (kind) {
            case REQUESTS -> rules.requestsPerMinute();
            case CATCH_UPS -> rules.catchUpsPerMinute();
        };
        if (quota == 0 || !rules.appliesTo(caller)) {
            return Optional.empty();
        }
        TokenResult taken = consume(caller.namespace(), kind.word, quota);
        return Optional.of(new RateLimitStatus(
                "\"%s\";q=%d;w=60".formatted(kind.word, quota),
                "\"%s\";r=%d;t=%d"
                        .formatted(
                                kind.word,
                                taken.remaining(),
                                taken.untilFull().plusMillis(999).toSeconds()),
                taken.granted() ? null : refusal(kind, quota, taken)));
    }

    private TokenResult consume(String namespace, String kind, int quota) {
        try {
            return shared.takeToken(namespace, kind, quota);
        } catch (DataAccessException away) {
            return local.takeToken(namespace, kind, quota);
        }
    }

    private ProblemDetailException refusal(RateLimitKind kind, int quota, TokenResult taken) {
        LimitMetrics.count(metrics, kind.word);
        return ProblemDetailException.retryLater(
                ErrorCode.RATE_LIMITED, "at most " + quota + " " + kind.word + " a minute", taken.untilNextToken());
    }
}
