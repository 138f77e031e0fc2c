package io.turnlane.backends;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what a killed run left behind, and nothing that isn't verifiably its own. */
final class OrphanedBackends {

    private static final Logger log = LoggerFactory.getLogger(OrphanedBackends.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private OrphanedBackends() {}

    /** Stops the run's broker and Redis where they still run, by force when they take too long. */
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

    /** A Redis that was launched in the instant of the kill has no pid on record, but it knows the password. */
    private static void stopUnrecorded(RunState.EmbeddedRedis redis) {
        if (RedisProbe.isServing(redis.port(), redis.password())) {
            log.atInfo().addKeyValue("port", redis.port()).log("stopping a Redis that a killed run left behind");
            RedisProbe.shutDown(redis.port(), redis.password());
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        log.atInfo().addKeyValue("pid", process.pid()).log("stopping what a killed run left behind");
        try {
            process.onExit()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException _) {
            process.destroyForcibly();
            process.onExit()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
