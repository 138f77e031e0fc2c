package io.turnlane.gateway.many;

import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.GatewayApplication;
import io.turnlane.gateway.TestGateway;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Gateway in a separate process that uses the backends and topics of a gateway in this JVM. */
final class GatewayProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(4);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;
    private final Path output;
    private final Process process;

    private GatewayProcess(int port, Path output, Process process) {
        this.port = port;
        this.output = output;
        this.process = process;
    }

    /**
     * Starts a gateway and waits until it is ready.
     *
     * @param memory JVM option for the heap, such as {@code -Xmx512m}
     */
    static GatewayProcess beside(TestGateway gateway, String memory, String... settings) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                memory,
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayApplication.class.getName(),
                "--server.port=" + port,
                "--turnlane.topics.prefix=" + gateway.topics().prefix(),
                "--turnlane.topics.partitions=3"));
        command.addAll(gateway.backends().springArguments());
        for (String setting : settings) {
            command.add("--" + setting);
        }
        Path output = Files.createTempFile("gateway-process-", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        // Ends the process if this JVM exits for any reason, including a failed start.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        GatewayProcess started = new GatewayProcess(port, output, process);
        await().atMost(START)
                .failFast("the gateway process ended, see " + output, () -> !process.isAlive())
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> started.get("/readyz").contains("UP"));
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, BodyHandlers.ofString()).body();
    }

    /** Returns the sum of all metrics with this name whose tags contain {@code tags}. */
    double metric(String name, String tags) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(tags))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Returns the bytes in use on the heap of the process after a garbage collection. */
    long heap() throws IOException, InterruptedException {
        Process collect = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd", Long.toString(process.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        collect.waitFor(1, TimeUnit.MINUTES);
        return (long) metric("jvm_memory_used_bytes", "area=\"heap\"");
    }

    /** Sends SIGTERM, as an operator or an orchestrator does. */
    void terminate() {
        process.destroy();
    }

    /** Waits until the process has ended and returns its exit code. */
    int exitCode(Duration limit) throws IOException, InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + limit + ": " + Files.readString(output));
        }
        return process.exitValue();
    }

    /** Returns the output of the process. */
    String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        http.shutdownNow();
        Files.deleteIfExists(output);
    }
}
