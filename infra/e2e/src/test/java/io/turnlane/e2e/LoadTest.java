package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Load of 1,000 users who ask every one to two seconds. {@code -Dload.seconds=60} makes it last a minute. */
@Tag("alone")
class LoadTest {

    private static final int USERS = 1000;
    private static final int SECONDS = Integer.getInteger("load.seconds", 30);

    @Test
    void serves1000UsersWithoutAFailureOrAMixedAnswer() throws Exception {
        try (Standalone turnlane = Standalone.up();
                Client client = new Client(turnlane.address())) {
            client.askAndWait("warm-up", "hello", Map.of());
            Map<String, Double> numbers = load(turnlane.address());
            Map<String, Object> cache = client.get("/api/stats").object("cache");
            System.out.println("load: " + new TreeMap<>(numbers) + ", cache hit rate " + cache.get("hit_rate") + " %");
            assertThat(numbers).containsEntry("failed", 0.0).containsEntry("mixed", 0.0);
            assertThat(numbers.get("answered")).isGreaterThan(USERS);
        }
    }

    private static Map<String, Double> load(URI address) throws IOException, InterruptedException {
        Process generator = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadGenerator.class.getName(),
                        address.toString(),
                        Integer.toString(USERS),
                        Integer.toString(SECONDS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = new String(generator.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(generator.waitFor(3, TimeUnit.MINUTES)).isTrue();
        Map<String, Double> numbers = new TreeMap<>();
        for (String pair : line.split(" ")) {
            numbers.put(pair.substring(0, pair.indexOf('=')), Double.valueOf(pair.substring(pair.indexOf('=') + 1)));
        }
        return numbers;
    }
}
