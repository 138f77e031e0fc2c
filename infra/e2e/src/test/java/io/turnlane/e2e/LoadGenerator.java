package io.turnlane.e2e;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Simulates many users at once, in a JVM of its own. Each asks in a session of their own, reads the answer, waits for a
 * second and asks again. Every question has a token that its answer must repeat, which reveals mixed answers.
 *
 * <p>Arguments: address (loopback only), users, seconds. Prints one line of {@code name=value} pairs.
 */
final class LoadGenerator {

    private static final Duration THINK = Duration.ofSeconds(1);
    private static final int USERS_PER_STREAM = 5;

    private final Client client;
    private final int users;
    private final long endNanos;
    private final Histogram latency =
            new ConcurrentHistogram(Duration.ofMinutes(2).toNanos() / 1000, 3);
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder mixed = new LongAdder();

    private LoadGenerator(URI address, int users, Duration time) {
        this.client = new Client(address);
        this.users = users;
        this.endNanos = System.nanoTime() + time.toNanos();
    }

    public static void main(String[] args) throws InterruptedException {
        URI address = URI.create(args[0]);
        if (!address.getHost().equals("127.0.0.1")) {
            throw new IllegalArgumentException("the address must be on 127.0.0.1");
        }
        int users = Math.min(Integer.parseInt(args[1]), 5_000);
        Duration time = Duration.ofSeconds(Math.min(Integer.parseInt(args[2]), 600));
        new LoadGenerator(address, users, time).run(time);
    }

    private void run(Duration time) throws InterruptedException {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int user = 0; user < users; user++) {
                int number = user;
                executor.execute(() -> runUser(number));
            }
            executor.shutdown();
            if (!executor.awaitTermination(time.toSeconds() + 90, TimeUnit.SECONDS)) {
                failed.increment();
                executor.shutdownNow();
            }
        }
        client.close();
        System.out.printf(
                "users=%d answered=%d failed=%d mixed=%d per_second=%.0f p50_ms=%.1f p95_ms=%.1f p99_ms=%.1f max_ms=%.1f%n",
                users,
                answered.sum(),
                failed.sum(),
                mixed.sum(),
                answered.sum() / (double) time.toSeconds(),
                latency.getValueAtPercentile(50) / 1e3,
                latency.getValueAtPercentile(95) / 1e3,
                latency.getValueAtPercentile(99) / 1e3,
                latency.getMaxValue() / 1e3);
    }

    private void runUser(int number) {
        String session = "load-" + number + "-" + UUID.randomUUID();
        if (!pause(THINK.toMillis() * 3 * number / users)) {
            return;
        }
        while (System.nanoTime() < endNanos) {
            ask(session, number % USERS_PER_STREAM == 0);
            if (!pause(THINK.toMillis())) {
                return;
            }
        }
    }

    private void ask(String session, boolean byStream) {
        String token = UUID.randomUUID().toString();
        long start = System.nanoTime();
        try {
            String answer = byStream ? stream(session, token) : await(session, token);
            latency.recordValue((System.nanoTime() - start) / 1000);
            if (answer.equals("echo: " + token)) {
                answered.increment();
            } else {
                mixed.increment();
            }
        } catch (AssertionError | RuntimeException e) {
            failed.increment();
            System.err.println(e + " " + e.getCause());
        }
    }

    private String await(String session, String token) {
        ClientReply reply = client.askAndWait(session, token, Map.of());
        if (reply.status() != 200 || !session.equals(reply.text("session_id"))) {
            throw new AssertionError(reply.status() + " " + reply.json());
        }
        return (String) reply.object("answer").get("text");
    }

    private String stream(String session, String token) {
        ClientReply reply = client.ask(session, token, Map.of());
        if (reply.status() != 202) {
            throw new AssertionError(reply.status() + " " + reply.json());
        }
        List<Event> events =
                client.stream("/v1/sessions/" + session + "/requests/" + reply.text("request_id") + "/events");
        return events.getLast().answer();
    }

    private static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
