package io.turnlane.chaos.rig;

import io.turnlane.chaos.control.Control;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Code of the JVMs of gateways and processors. If the first entry is the packed program {@code turnlane.jar}, the JVMs
 * use its class cache, which halves their start time. A class path with further entries can use this cache too.
 *
 * @param path value of {@code CLASSPATH}
 * @param control promise that the code does not keep; null for none
 */
record ClassPath(String path, @Nullable Control control) {

    /** Returns JVM flags for the class cache and the control. */
    List<String> flags() {
        List<String> flags = new ArrayList<>(cacheFlags());
        if (control != null) {
            flags.add("-D" + Control.PROPERTY + "=" + control.word());
        }
        return flags;
    }

    private List<String> cacheFlags() {
        String first = path.split(File.pathSeparator, -1)[0];
        Path cache = Path.of(first).resolveSibling("turnlane.aot");
        return first.endsWith("turnlane.jar") && Files.exists(cache)
                ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off")
                : List.of();
    }
}
