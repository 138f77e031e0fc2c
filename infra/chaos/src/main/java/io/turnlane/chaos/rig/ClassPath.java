package io.turnlane.chaos.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Class path of the JVMs of gateways and processors. If the first entry is the packed program {@code turnlane.jar}, the
 * JVMs use its class cache, which halves their start time. A class path with further entries can use this cache too.
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
