package io.turnlane.chaos;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Class path of the processes that the tests start. */
final class PackedProgram {

    private static final Path JAR = Path.of("../standalone/target/turnlane/lib/turnlane.jar")
            .toAbsolutePath()
            .normalize();

    private PackedProgram() {}

    /**
     * Returns the packed program if this build has packed it, since its class cache halves the start time of a process.
     * Otherwise returns the class path of this JVM.
     */
    static String classPath() {
        String own = System.getProperty("java.class.path");
        boolean packed = own.contains("standalone-") && Files.exists(JAR);
        return packed ? JAR + File.pathSeparator + Path.of("target/classes").toAbsolutePath() : own;
    }
}
