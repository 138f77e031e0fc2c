package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.DoubleReply;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.doubles.ReceivedRequest;
import io.turnlane.e2e.Client.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Time that Turnlane adds to the first text of a model, for clients that ask and follow the turn's stream. Prints it,
 * and its parts: from the question to the call of the model, from the model's first word to its event, and from the
 * event to the client.
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

    private static final Pattern QUESTION = Pattern.compile("Hi ([0-9a-f-]{36})");

    private final Map<String, TurnTimes> turns = new ConcurrentHashMap<>();

    @TempDir
    Path temp;

    /** Times of one turn in epoch milliseconds. */
    private static final class TurnTimes {
        private final long asked = System.currentTimeMillis();
        private volatile long called;
        private volatile long sent;
        private volatile long published;
        private volatile long received;
    }

    @Test
    void theFirstTextArrivesSoonAfterTheModelHasSentIt() throws Exception {
        try (HttpDouble model = new HttpDouble(this::answer);
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
            turns.clear();
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
            printPart("question to the call of the model", turn -> turn.called - turn.asked);
            printPart("first word to its event", turn -> turn.published - turn.sent);
            printPart("event to the client", turn -> turn.received - turn.published);
            assertThat(percentile(through, 50)).isLessThan(PAUSE.multipliedBy(WORDS)); // before the answer is complete
            if (TURNS >= 100) {
                assertThat(added).isLessThanOrEqualTo(Duration.ofMillis(15));
            }
        }
    }

    private void printPart(String part, ToLongFunction<TurnTimes> millis) {
        List<Duration> times = turns.values().stream()
                .map(turn -> Duration.ofMillis(millis.applyAsLong(turn)))
                .toList();
        System.out.printf(
                "  %s: p50 %d, p95 %d ms%n",
                part, percentile(times, 50).toMillis(), percentile(times, 95).toMillis());
    }

    /** Sends the words of an answer. */
    private void answer(ReceivedRequest request, DoubleReply reply) throws IOException, InterruptedException {
        Matcher question = QUESTION.matcher(request.body());
        TurnTimes times = question.find() ? turns.get(question.group(1)) : new TurnTimes();
        times.called = System.currentTimeMillis();
        reply.beginEvents();
        for (String event :
                ModelStream.answer(Stream.generate(() -> "word ").limit(WORDS).toArray(String[]::new))) {
            reply.pause(PAUSE);
            if (times.sent == 0 && event.contains("word")) {
                times.sent = System.currentTimeMillis();
            }
            reply.event(event);
        }
        reply.end();
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

    private Duration through(Client client) {
        String id = UUID.randomUUID().toString();
        TurnTimes times = new TurnTimes();
        turns.put(id, times);
        long start = System.nanoTime();
        String path = client.post(
                        "/v1/sessions/first-" + id + "/requests", Map.of("question", "Hi " + id, "agent", "model"))
                .header("Location");
        Duration[] first = new Duration[1];
        List<Event> events = client.streamUntil(
                received -> {
                    if (first[0] == null && received.getLast().type().equals("delta")) {
                        first[0] = Duration.ofNanos(System.nanoTime() - start);
                        times.received = System.currentTimeMillis();
                        times.published = Instant.parse(
                                        (String) received.getLast().data().get("at"))
                                .toEpochMilli();
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
