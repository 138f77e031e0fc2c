package io.turnlane.backends;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Caches of loaded, linked and profiled classes (JEP 483, 514, 515), which halve the start time of a JVM. A cache is a
 * file {@code <name>.aot} in the folder of the jars. The JVM ignores a cache that does not match its class path.
 */
public final class ClassCache {

    /** System property that makes a run record caches. Its value is the folder in which the run stores them. */
    public static final String RECORD_PROPERTY = "turnlane.class-cache.record";

    /**
     * Maximum time that a recording JVM takes to end. It is long because the JVM writes its cache at the end, which is
     * slow on a busy machine.
     */
    public static final Duration RECORDING_LIMIT = Duration.ofMinutes(3);

    private ClassCache() {}

    static boolean isRecording() {
        return System.getProperty(RECORD_PROPERTY) != null;
    }

    /**
     * Returns JVM flags for another process with the same class path as this one. In a recording run, the flags make
     * the other JVM write the cache of this name. In any other run, they make it use the cache, see
     * {@link #flags(String, String)}.
     */
    static List<String> flags(String name) {
        String folder = System.getProperty(RECORD_PROPERTY);
        return folder == null
                ? flags(name, System.getProperty("java.class.path"))
                : List.of("-XX:AOTCacheOutput=" + Path.of(folder, name + ".aot"));
    }

    /**
     * Returns JVM flags that make a process with this class path use the cache of this name. The cache is beside the
     * first entry of the class path, which is the jar of the program. Further entries do not prevent its use. Returns
     * an empty list if there is no such cache.
     */
    public static List<String> flags(String name, String classPath) {
        Path cache = Path.of(classPath.split(File.pathSeparator, -1)[0]).resolveSibling(name + ".aot");
        return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off") : List.of();
    }
}
