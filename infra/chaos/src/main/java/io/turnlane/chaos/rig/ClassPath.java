package io.turnlane.chaos.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the members' JVMs run. Where the packed program leads it, they start from the program's class cache (a cache
 * holds for every class path that begins with the one it was made of), in half the time.
 *
 * @param path as for {@code CLASSPATH}
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
