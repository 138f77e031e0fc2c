package io.turnlane.chaos.rig;

import io.turnlane.chaos.control.Control;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a rig consists of.
 *
 * @param folder for its data, its logs and its agents' journals
 * @param gateways how many gateways
 * @param processors how many processors
 * @param partitions of the turns topic
 * @param classPath of the processes; one that begins with the packed program starts them from its class cache
 * @param control a promise that the processors don't keep; null in an honest rig
 */
public record RigSettings(
        Path folder,
        int gateways,
        int processors,
        int partitions,
        String classPath,
        @Nullable Control control) {

    /** After so long without a heartbeat a processor's partitions go to others. */
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);

    /** How long a processor that is told to stop may finish its turns. */
    public static final Duration DRAIN_BUDGET = Duration.ofSeconds(5);

    /** Longer than any run that isn't meant to break this; shorter than the longest that is. */
    public static final Duration LONGEST_POLL = Duration.ofSeconds(15);

    public RigSettings {
        if (gateways < 1 || processors < 1 || partitions < processors) {
            throw new IllegalArgumentException("a rig has gateways, processors, and a partition for each of these");
        }
    }

    /** Two gateways, three processors, twelve partitions, on this JVM's class path. */
    public static RigSettings usual(Path folder) {
        return new RigSettings(folder, 2, 3, 12, System.getProperty("java.class.path"), null);
    }

    public RigSettings withClassPath(String path) {
        return new RigSettings(folder, gateways, processors, partitions, path, control);
    }

    public RigSettings withProcessors(int count) {
        return new RigSettings(folder, gateways, count, partitions, classPath, control);
    }

    public RigSettings without(@Nullable Control promise) {
        return new RigSettings(folder, gateways, processors, partitions, classPath, promise);
    }
}
