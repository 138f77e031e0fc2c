package io.turnlane.chaos.rig;

import io.turnlane.chaos.control.Control;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a rig.
 *
 * @param folder folder for data, logs and the agents' journals
 * @param gateways number of gateways
 * @param processors number of processors
 * @param partitions number of partitions of the turns topic
 * @param classPath class path of the processes; if it begins with the packed program, they use its class cache
 * @param control promise that is switched off in the processors; null in a regular rig
 */
public record RigSettings(
        Path folder,
        int gateways,
        int processors,
        int partitions,
        String classPath,
        @Nullable Control control) {

    /** Time without a heartbeat after which other processors receive the partitions of a processor. */
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);

    /** Time that a stopping processor has to end its running turns. */
    public static final Duration DRAIN_BUDGET = Duration.ofSeconds(5);

    /**
     * Value of {@code max.poll.interval.ms}. The agent calls of regular turns are shorter; those of the full form of
     * scenario F19 are longer on purpose.
     */
    public static final Duration LONGEST_POLL = Duration.ofSeconds(15);

    /**
     * Error of the clocks of gateways and processors. The clocks of those with an odd number are fast, and the others
     * are slow, so two clocks differ by ten minutes. The clocks of the broker and of Redis are right.
     */
    static final Duration CLOCK_ERROR = Duration.ofMinutes(5);

    public RigSettings {
        if (gateways < 1 || processors < 1 || partitions < processors) {
            throw new IllegalArgumentException(
                    "a rig needs a gateway, a processor, and a partition for each processor");
        }
    }

    /** Returns settings for 2 gateways, 3 processors and 12 partitions, with the class path of this JVM. */
    public static RigSettings usual(Path folder) {
        return new RigSettings(folder, 2, 3, 12, System.getProperty("java.class.path"), null);
    }

    public RigSettings withClassPath(String path) {
        return new RigSettings(folder, gateways, processors, partitions, path, control);
    }

    public RigSettings without(@Nullable Control promise) {
        return new RigSettings(folder, gateways, processors, partitions, classPath, promise);
    }
}
