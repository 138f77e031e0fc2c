package io.turnlane.backends;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Caches of loaded, linked and profiled classes (JEP 483, 514, 515), which halve the time that a JVM needs to start.
 * One stands beside the jars that it was made of, {@code <name>.aot}; the JVM ignores it where it no longer fits them.
 */
public final class ClassCache {

    /** Set in a run that makes caches: the folder that gets them. */
    public static final String RECORD_PROPERTY = "turnlane.class-cache.record";

    /** A JVM that records writes its cache when it ends; on a busy machine that takes long. */
    public static final Duration RECORDING_LIMIT = Duration.ofMinutes(3);

    private ClassCache() {}

    static boolean isRecording() {
        return System.getProperty(RECORD_PROPERTY) != null;
    }

    /** What makes a JVM on this JVM's class path use, or record, the cache of this name. */
    public static List<String> flags(String name) {
        String folder = System.getProperty(RECORD_PROPERTY);
        if (folder != null) {
            return List.of("-XX:AOTCacheOutput=" + Path.of(folder, name + ".aot"));
        }
        String classPath = System.getProperty("java.class.path");
        if (classPath.contains(File.pathSeparator)) {
            return List.of();
        }
        Path cache = Path.of(classPath).resolveSibling(name + ".aot");
        return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off") : List.of();
    }
}
