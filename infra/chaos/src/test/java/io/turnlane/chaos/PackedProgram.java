package io.turnlane.chaos;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests' rigs run. */
final class PackedProgram {

    private static final Path JAR = Path.of("../standalone/target/turnlane/lib/turnlane.jar")
            .toAbsolutePath()
            .normalize();

    private PackedProgram() {}

    /** The packed program where this build has packed it: its class cache halves the time that a process starts in. */
    static String classPath() {
        String own = System.getProperty("java.class.path");
        boolean packed = own.contains("standalone-") && Files.exists(JAR);
        return packed ? JAR + File.pathSeparator + Path.of("target/classes").toAbsolutePath() : own;
    }
}
