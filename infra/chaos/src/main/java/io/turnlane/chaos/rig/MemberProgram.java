package io.turnlane.chaos.rig;

import io.turnlane.backends.Program;
import io.turnlane.chaos.member.WrongClock;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Gateway or processor in a small, separate JVM.
 *
 * @param name name of the member, as {@code processor-2}
 * @param main main class
 * @param port HTTP port, which also serves {@code /readyz}
 * @param clockError time by which its clock is ahead of the real time; negative if it is behind
 * @param arguments arguments of the main class
 * @param classPath class path of the JVM at its next start
 */
record MemberProgram(
        String name,
        Class<?> main,
        int port,
        Duration clockError,
        List<String> arguments,
        Supplier<ClassPath> classPath)
        implements Program {

    /** Settings for many JVMs on few cores: small heaps, a single compiler, and a single collector thread. */
    private static final List<String> JVM_FLAGS = List.of(
            "-Xms32m",
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final int PROBE_LIMIT_MILLIS = 300;

    @Override
    public List<String> prepare() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(classPath.get().flags());
        command.add("-D" + WrongClock.PROPERTY + "=" + clockError);
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("CLASSPATH", classPath.get().path(), "MALLOC_ARENA_MAX", "2");
    }

    @Override
    public Duration stopLimit() {
        return Duration.ofSeconds(20);
    }

    @Override
    public boolean isReady(long pid) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/readyz").toURL().openConnection();
            connection.setConnectTimeout(PROBE_LIMIT_MILLIS);
            connection.setReadTimeout(PROBE_LIMIT_MILLIS);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException _) {
            return false;
        }
    }
}
