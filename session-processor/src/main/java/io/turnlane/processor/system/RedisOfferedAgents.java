package io.turnlane.processor.system;

import io.turnlane.model.AgentDescription;
import io.turnlane.processor.agent.AbsentAgents;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Stores in Redis which agents the processors of the installation offer. An agent's entry expires a minute after a
 * processor has last stored it. A turn therefore does not fail if the only processor with its agent restarts within a
 * minute. Thread-safe.
 */
final class RedisOfferedAgents implements AbsentAgents {

    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(1);

    private final StringRedisTemplate redis;
    private final Duration maxWait;

    /** @param maxWait maximum time that a turn waits for a processor with its agent */
    RedisOfferedAgents(StringRedisTemplate redis, Duration maxWait) {
        this.redis = redis;
        this.maxWait = maxWait;
    }

    /** Stores that this processor offers the agents. Throws a data access exception if Redis is unavailable. */
    void offer(List<AgentDescription> agents) {
        agents.forEach(agent -> redis.opsForValue().set(MemoryKeys.offeredAgent(agent.name()), "", TIME_TO_LIVE));
    }

    @Override
    public Optional<Duration> maxWait(String agent) {
        try {
            return Boolean.TRUE.equals(redis.hasKey(MemoryKeys.offeredAgent(agent)))
                    ? Optional.of(maxWait)
                    : Optional.empty();
        } catch (DataAccessException unavailable) {
            return Optional.of(maxWait); // the turn cannot begin without Redis anyway
        }
    }
}
