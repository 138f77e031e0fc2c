package io.turnlane.bench.rig;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands and class paths of the JVMs that a benchmark starts. */
final class JavaCommand {

    /** Settings for a server of the benchmarks: the JVM's own defaults, and the collector and heap of Turnlane. */
    private static final List<String> SERVER_FLAGS = List.of(
            "-Xms48m",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-Djava.awt.headless=true",
            "-Dlogback.configurationFile=turnlane-bench-logback.xml",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private JavaCommand() {}

    private static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Returns the class path of this JVM. */
    static String classPath() {
        return System.getProperty("java.class.path");
    }

    /**
     * Returns the class path of the program under test: the packed program if this JVM was started with it, so that it
     * can use its class caches, otherwise the class path of this JVM.
     */
    static String programClassPath() {
        String first = classPath().split(File.pathSeparator, -1)[0];
        return first.endsWith("turnlane.jar") ? first : classPath();
    }

    /** Returns a command that runs a command of Turnlane with the JVM flags of this JVM, which the launcher sets. */
    static List<String> turnlane(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(executable()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("io.turnlane.standalone.Turnlane");
        command.addAll(arguments);
        return command;
    }

    /** Returns a command that runs a server of the benchmarks. */
    static List<String> server(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(executable()));
        command.addAll(SERVER_FLAGS);
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }
}
