package io.turnlane.chaos.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Class path of the members' JVMs. If it begins with the packed program, the JVMs use the program's class cache, which
 * halves their start time. A JVM can use a class cache if its class path begins with the class path for which the cache
 * was created.
 *
 * @param path value of {@code CLASSPATH}
 */
record ClassPath(String path) {

    List<String> cacheFlags() {
        String first = path.split(File.pathSeparator, -1)[0];
        Path cache = Path.of(first).resolveSibling("turnlane.aot");
        return first.endsWith("turnlane.jar") && Files.exists(cache)
                ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off")
                : List.of();
    }
}
