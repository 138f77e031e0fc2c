package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Topics;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Distinguishes data that never existed from data that Redis lost. Processors restore lost data from the log, so a
 * client can retry a call for it. Methods throw a data access exception if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public final class RedisLostRecords {

    /**
     * Maximum age of a request whose record Redis may have lost. If an older request has no record, it was never
     * accepted or has expired.
     */
    private static final Duration MAX_AGE = Duration.ofDays(1);

    private static final int TIME_BASED = 7;

    private final StringRedisTemplate redis;
    private final EventStreams streams;
    private final Topics topics;
    private final InstantSource clock;

    RedisLostRecords(StringRedisTemplate redis, EventStreams streams, Topics topics, InstantSource clock) {
        this.redis = redis;
        this.streams = streams;
        this.topics = topics;
        this.clock = clock;
    }

    /**
     * Returns the problem for a call about a request that has no record: {@code unavailable} if Redis has lost the
     * record, or may have lost it; otherwise {@code not_found}.
     */
    public ProblemDetailException request(SessionKey session, RequestId requestId) {
        if (redis.opsForZSet().score(new MemoryKeys(session).openRequestIds(), requestId.toString()) != null) {
            return unavailable(
                    requestId,
                    "Redis lost the record of this request. The processor restores it before it runs the request.");
        }
        if (mayExist(requestId) && !isRestored(session)) {
            return unavailable(
                    requestId,
                    "Redis may have lost the record of this request, and no processor has restored the data yet. Retry "
                            + "when a processor is running.");
        }
        return ProblemDetailException.notFound("request");
    }

    private boolean mayExist(RequestId requestId) {
        if (requestId.value().version() != TIME_BASED) {
            return false;
        }
        long acceptedAt = requestId.value().getMostSignificantBits() >>> 16;
        return Duration.ofMillis(Math.abs(clock.millis() - acceptedAt)).compareTo(MAX_AGE) < 0;
    }

    /** Returns true if a processor has found the data of the session's partition complete, or has restored it. */
    private boolean isRestored(SessionKey session) {
        String report = MemoryKeys.lastRebuild(topics.turns(), streams.partitionOf(session));
        return Objects.requireNonNullElse(redis.hasKey(report), false);
    }

    /**
     * Returns the problem for a call about a session that has no context: {@code unavailable} if Redis lost the
     * session, otherwise {@code not_found}.
     */
    public ProblemDetailException session(SessionKey session) {
        return isLost(session)
                ? unavailable(null, "Redis lost this session. Its next question restores it from the log.")
                : ProblemDetailException.notFound("session");
    }

    /** Returns true if the session has no context, although it existed and cannot have expired. */
    public boolean isLost(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        if (Objects.requireNonNullElse(redis.hasKey(keys.context()), false)) {
            return false;
        }
        String life = redis.opsForValue().get(keys.life());
        return life != null && Long.parseLong(life.substring(0, life.indexOf(' '))) > clock.millis() + 1000;
    }

    private static ProblemDetailException unavailable(@Nullable RequestId requestId, String detail) {
        return new ProblemDetailException(ErrorCode.UNAVAILABLE, detail, requestId, null);
    }
}
