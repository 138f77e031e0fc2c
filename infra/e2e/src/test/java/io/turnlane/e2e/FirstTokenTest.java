package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.e2e.Client.Event;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Time that Turnlane adds to the first text of a model, for clients that ask and follow the turn's stream. Prints it.
 *
 * <p>{@code -Dfirst.turns=100} runs the full test, which also checks the time.
 */
class FirstTokenTest {

    private static final int TURNS = Integer.getInteger("first.turns", 10);

    /**
     * Time between the begins of two turns. Answers of 5 s overlap, so that all turns of the full test run together.
     */
    private static final Duration INTERVAL = Duration.ofMillis(50);

    /** Time between two words of the model. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Rounds before the measurement, after which everything is loaded, connected and, in the full test, compiled. */
    private static final int WARM_UPS = TURNS >= 100 ? 6 : 1;

    private static final int WORDS = TURNS >= 100 ? 100 : 20;

    @TempDir
    Path temp;

    @Test
    void theFirstTextArrivesSoonAfterTheModelHasSentIt() throws Exception {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < WORDS; i++) {
            words.add("word ");
        }
        Behaviour answer = Behaviour.slowEvents(ModelStream.answer(words.toArray(String[]::new)), PAUSE);
        try (HttpDouble model = new HttpDouble(answer);
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                RunningTurnlane turnlane = RunningTurnlane.start(
                        4,
                        "--turnlane.processor.agents.file=" + agents(model),
                        "--turnlane.processor.retrieval.enabled=false");
                Client client = new Client(turnlane.address(), 1000)) {
            for (int i = 0; i < WARM_UPS; i++) {
                var _ = times(TURNS, () -> through(client));
            }
            List<Duration> direct = times(TURNS, () -> direct(http, model));
            List<Duration> through = times(TURNS, () -> through(client));
            Duration added = percentile(through, 95).minus(percentile(direct, 95));
            System.out.printf(
                    "first token of %d turns: direct p50 %d, p95 %d ms; through Turnlane p50 %d, p95 %d ms; added %d ms%n",
                    TURNS,
                    percentile(direct, 50).toMillis(),
                    percentile(direct, 95).toMillis(),
                    percentile(through, 50).toMillis(),
                    percentile(through, 95).toMillis(),
                    added.toMillis());
            assertThat(percentile(through, 50)).isLessThan(PAUSE.multipliedBy(WORDS)); // before the answer is complete
            if (TURNS >= 100) {
                assertThat(added).isLessThanOrEqualTo(Duration.ofMillis(15));
            }
        }
    }

    private Path agents(HttpDouble model) throws Exception {
        Map<String, Object> agent = Map.of(
                "type", "chat", "url", model.url("/v1").toString(), "model", "m", "limits", Map.of("concurrent", 1000));
        // YAML contains JSON
        return Files.writeString(
                temp.resolve("agents.yaml"), Client.JSON.writeValueAsString(Map.of("agents", Map.of("model", agent))));
    }

    private static List<Duration> times(int count, Callable<Duration> turn) throws Exception {
        List<Future<Duration>> running = new ArrayList<>();
        try (ScheduledExecutorService threads =
                Executors.newScheduledThreadPool(count, Thread.ofVirtual().factory())) {
            for (int i = 0; i < count; i++) {
                running.add(threads.schedule(turn, i * INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
            }
        }
        List<Duration> times = new ArrayList<>();
        for (Future<Duration> each : running) {
            times.add(each.get());
        }
        return times;
    }

    private static Duration direct(HttpClient http, HttpDouble model) throws Exception {
        long start = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(model.url("/v1/chat/completions"))
                .POST(BodyPublishers.ofString("{}"))
                .build();
        Duration first = null;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                first = first == null && line.contains("word") ? Duration.ofNanos(System.nanoTime() - start) : first;
            }
        }
        return first;
    }

    private static Duration through(Client client) {
        long start = System.nanoTime();
        String path = client.post(
                        "/v1/sessions/first-" + UUID.randomUUID() + "/requests",
                        Map.of("question", "Hi", "agent", "model"))
                .header("Location");
        Duration[] first = new Duration[1];
        List<Event> events = client.streamUntil(
                received -> {
                    if (first[0] == null && received.getLast().type().equals("delta")) {
                        first[0] = Duration.ofNanos(System.nanoTime() - start);
                    }
                    return false;
                },
                path + "/events");
        assertThat(events.getLast().answer()).isEqualTo("word ".repeat(WORDS));
        return first[0];
    }

    private static Duration percentile(List<Duration> times, int percent) {
        return times.stream().sorted().toList().get(Math.max(0, times.size() * percent / 100 - 1));
    }
}
