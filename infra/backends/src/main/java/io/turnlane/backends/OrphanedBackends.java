package io.turnlane.backends;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the processes that a killed run left behind. A process is stopped only if its pid and start time match, or if
 * it is a Redis with the run's port and password.
 */
final class OrphanedBackends {

    private static final Logger log = LoggerFactory.getLogger(OrphanedBackends.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private OrphanedBackends() {}

    /** Stops the broker and the Redis of the run. Kills a process that has not ended after 15 s. */
    static void stop(RunState killed) {
        List<ProcessHandle> processes = Stream.of(
                        killed.broker() == null ? null : killed.broker().process(),
                        killed.redis() == null ? null : killed.redis().process())
                .filter(Objects::nonNull)
                .flatMap(process -> process.find().stream())
                .toList();
        processes.forEach(ProcessHandle::destroy);
        processes.forEach(OrphanedBackends::awaitEnd);
        if (killed.redis() != null) {
            stopUnrecorded(killed.redis());
        }
    }

    /** Stops a Redis that the killed run started but did not record in {@code run.json}. */
    private static void stopUnrecorded(RunState.EmbeddedRedis redis) {
        if (RedisProbe.isServing(redis.port(), redis.password())) {
            log.atInfo().addKeyValue("port", redis.port()).log("stopping the Redis of a killed run");
            RedisProbe.shutDown(redis.port(), redis.password());
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        log.atInfo().addKeyValue("pid", process.pid()).log("stopping a process of a killed run");
        try {
            process.onExit()
                    .orTimeout(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException _) {
            process.destroyForcibly();
            process.onExit()
                    .orTimeout(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
