package io.turnlane.gateway.guard.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.store.limit.RedisTokenBuckets;
import io.turnlane.store.limit.TokenBuckets.TokenResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * Rate limits of each user, for all gateways together. If Redis is unavailable, each gateway applies the limits
 * separately.
 *
 * <p>Safe for use by any number of threads.
 */
public record RateLimits(UserLimits rules, RedisTokenBuckets shared, LocalTokenBuckets local, MeterRegistry metrics) {

    /** Number of bytes that cost as much as one call. */
    private static final int BYTES_PER_CALL = 32 * 1024;

    /** Kinds of calls that are counted. */
    public enum RateLimitKind {
        REQUESTS("requests"),
        CATCH_UPS("catch-ups");

        private final String word;

        RateLimitKind(String word) {
            this.word = word;
        }
    }

    /**
     * State of one limit for a caller, as two header fields of draft-ietf-httpapi-ratelimit-headers-11.
     *
     * @param policy value of {@code RateLimit-Policy}
     * @param rateLimit value of {@code RateLimit}; its {@code t} is the time in seconds until the full quota is
     *     available again
     * @param problem problem with which the call is rejected; null if the call is within the limit
     */
    record RateLimitStatus(
            String policy, String rateLimit, @Nullable ProblemDetailException problem) {}

    /**
     * Counts a call or frame of the caller.
     *
     * @throws ProblemDetailException with code {@code rate_limited} if the caller exceeds the limit
     */
    public void consumeOrThrow(Caller caller, RateLimitKind kind) {
        consume(caller, kind).map(RateLimitStatus::problem).ifPresent(problem -> {
            throw problem;
        });
    }

    /** Counts a call and returns the state of the limit; empty if no limit applies to this caller. */
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
                "\"" + kind.word + "\";q=" + quota + ";w=60",
                "\"" + kind.word + "\";r=" + taken.remaining() + ";t="
                        + taken.untilFull().plusMillis(999).toSeconds(),
                taken.granted() ? null : rejection(kind, quota, taken)));
    }

    /**
     * Charges the caller for an accepted call that stores many bytes: each further 32 KiB costs as much as a call. If
     * the cost exceeds the caller's quota, later calls are rejected for a while, at most about a minute. Throws a data
     * access exception if Redis is unavailable.
     */
    public void chargeForBytes(Caller caller, long bytes) {
        int cost = Math.toIntExact(Math.min(bytes / BYTES_PER_CALL, Integer.MAX_VALUE));
        if (cost > 0 && rules.requestsPerMinute() > 0 && rules.appliesTo(caller)) {
            shared.charge(caller.namespace(), RateLimitKind.REQUESTS.word, rules.requestsPerMinute(), cost);
        }
    }

    private TokenResult consume(String namespace, String kind, int quota) {
        try {
            return shared.takeToken(namespace, kind, quota);
        } catch (DataAccessException away) {
            return local.takeToken(namespace, kind, quota);
        }
    }

    private ProblemDetailException rejection(RateLimitKind kind, int quota, TokenResult taken) {
        LimitMetrics.count(metrics, kind.word);
        return ProblemDetailException.retryLater(
                ErrorCode.RATE_LIMITED,
                "Rate limit exceeded: at most " + quota + " " + kind.word + " per minute.",
                taken.untilNextToken());
    }
}
