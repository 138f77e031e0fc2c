package io.turnlane.bench.rig;

import io.turnlane.backends.Program;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Server in a JVM of its own, which is ready when {@code /readyz} answers with 200.
 *
 * @param name name for logs and tables
 * @param command command line
 * @param classPath value of {@code CLASSPATH}
 * @param port HTTP port
 */
public record HttpProgram(String name, List<String> command, String classPath, int port) implements Program {

    private static final int PROBE_LIMIT_MILLIS = 500;

    /** Returns {@code ./turnlane up} on a data folder, with its default settings. */
    public static HttpProgram up(Path data, int port) {
        List<String> arguments = List.of("up", "--data", data.toString(), "--port", Integer.toString(port));
        return new HttpProgram("turnlane", JavaCommand.turnlane(arguments), JavaCommand.programClassPath(), port);
    }

    /** Returns {@code ./turnlane processor} on a data folder, with its default settings. */
    static HttpProgram processor(String name, Path data, int port) {
        List<String> arguments = List.of("processor", "--data", data.toString(), "--port", Integer.toString(port));
        return new HttpProgram(name, JavaCommand.turnlane(arguments), JavaCommand.programClassPath(), port);
    }

    /** Returns a server of the benchmarks. Its first argument is its port. */
    public static HttpProgram server(String name, Class<?> main, int port, List<String> arguments) {
        return new HttpProgram(name, JavaCommand.server(main, arguments), JavaCommand.classPath(), port);
    }

    @Override
    public List<String> prepare() {
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("CLASSPATH", classPath, "MALLOC_ARENA_MAX", "2");
    }

    @Override
    public Duration startLimit() {
        return Duration.ofMinutes(3);
    }

    @Override
    public Duration stopLimit() {
        return Duration.ofSeconds(45);
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

    /** Returns the address of the server. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
