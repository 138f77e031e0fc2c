package io.turnlane.chaos.rig;

import io.turnlane.chaos.control.Control;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a rig consists of.
 *
 * @param folder for its data, its logs and its agents' journals
 * @param gateways how many gateways
 * @param processors how many processors
 * @param partitions of the turns topic
 * @param classPath of the processes; one that begins with the packed program starts them from its class cache
 * @param control a promise that the processors don't keep, on purpose
 */
public record RigSettings(
        Path folder, int gateways, int processors, int partitions, String classPath, Optional<Control> control) {

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
        return new RigSettings(folder, 2, 3, 12, System.getProperty("java.class.path"), Optional.empty());
    }

    public RigSettings withClassPath(String path) {
        return new RigSettings(folder, gateways, processors, partitions, path, control);
    }

    /** One whose processors break a promise, for the checker to find out. */
    public RigSettings without(Control promise) {
        return new RigSettings(folder, gateways, processors, partitions, classPath, Optional.of(promise));
    }
}
