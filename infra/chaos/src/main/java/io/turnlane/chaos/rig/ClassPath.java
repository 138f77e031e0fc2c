package io.turnlane.chaos.rig;

import io.turnlane.backends.ClassCache;
import io.turnlane.chaos.control.Control;
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
        List<String> flags = new ArrayList<>(ClassCache.flags("turnlane", path));
        if (control != null) {
            flags.add("-D" + Control.PROPERTY + "=" + control.word());
        }
        return flags;
    }
}
