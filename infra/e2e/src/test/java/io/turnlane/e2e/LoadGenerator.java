package io.turnlane.e2e;

import io.turnlane.e2e.Client.Event;
import io.turnlane.e2e.Client.ClientReply;
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
 * Many people at once, in a JVM of its own: each asks in a session of their own, reads the answer, thinks for a second
 * and asks again. Every question has a token that must come back in its answer, so that a mixed-up answer is found out.
 *
 * <p>Arguments: address (loopback only), users, seconds. Prints one line of {@code name=value}.
 */
final class LoadGenerator {

    private static final Duration THINK = Duration.ofSeconds(1);
    private static final int EVERY_FIFTH_STREAMS = 5;

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
            throw new IllegalArgumentException("load goes to 127.0.0.1 only");
        }
        int users = Math.min(Integer.parseInt(args[1]), 5_000);
        Duration time = Duration.ofSeconds(Math.min(Integer.parseInt(args[2]), 600));
        new LoadGenerator(address, users, time).run(time);
    }

    private void run(Duration time) throws InterruptedException {
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int user = 0; user < users; user++) {
                int number = user;
                people.execute(() -> live(number));
            }
            people.shutdown();
            if (!people.awaitTermination(time.toSeconds() + 90, TimeUnit.SECONDS)) {
                failed.increment();
                people.shutdownNow();
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

    private void live(int number) {
        String session = "load-" + number + "-" + UUID.randomUUID();
        if (!think(THINK.toMillis() * 3 * number / users)) {
            return;
        }
        while (System.nanoTime() < endNanos) {
            ask(session, number % EVERY_FIFTH_STREAMS == 0);
            if (!think(THINK.toMillis())) {
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

    private static boolean think(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
