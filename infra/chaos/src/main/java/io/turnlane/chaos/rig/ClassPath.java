package io.turnlane.chaos.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the members' JVMs run. Where the packed program leads it, they start from the program's class cache (a cache
 * holds for every class path that begins with the one it was made of), in half the time.
 *
 * @param path as for {@code CLASSPATH}
 * @param flags further flags of the JVM
 */
record ClassPath(String path, List<String> flags) {

    ClassPath {
        flags = List.copyOf(flags);
    }

    /** As it is, with the cache where there is one. */
    static ClassPath of(String path) {
        Path cache = Path.of(path.split(File.pathSeparator, -1)[0]).resolveSibling("turnlane.aot");
        boolean cached = path.split(File.pathSeparator, -1)[0].endsWith("turnlane.jar") && Files.exists(cache);
        return new ClassPath(
                path, cached ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off") : List.of());
    }

    /** With a folder before everything else, and a flag; no cache fits that. */
    static ClassPath altered(Path ahead, String path, String flag) {
        return new ClassPath(ahead + File.pathSeparator + path, List.of(flag));
    }

    /** With one more flag. */
    ClassPath with(String flag) {
        return new ClassPath(
                path, Stream.concat(flags.stream(), Stream.of(flag)).toList());
    }
}
