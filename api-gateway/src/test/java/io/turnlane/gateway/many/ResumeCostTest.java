package io.turnlane.gateway.many;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.Gateway;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What it costs to come back: a read of what all sessions of the partition said meanwhile, once for all who come back
 * together, up to a bound.
 *
 * <p>{@code -Drecords=190000} is the full form, just below the bound that the gateway has by default.
 */
@Timeout(300)
class ResumeCostTest {

    private static final int RECORDS = Integer.getInteger("records", 10_000);
    private static final boolean FULL = RECORDS > 100_000;
    private static final int HERD = FULL ? 2_000 : 100;

    private static Gateway gateway;
    private static Speaker speaker;

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "turnlane.topics.partitions=1", "turnlane.gateway.catch-up.max-records=" + (RECORDS + RECORDS / 20));
        speaker = new Speaker(gateway);
    }

    @AfterAll
    static void stop() {
        speaker.close();
        gateway.close();
    }

    private static String freshSession() {
        return gateway.post("/v1/sessions", "{}").text("session_id");
    }

    /** A session whose client left after the beginning of a turn. */
    private record Left(String session, String cursor, Speaker.Turn turn) {

        static Left now() throws IOException {
            String session = freshSession();
            try (RawStream stream = RawStream.sse(gateway.port(), session, null)) {
                stream.awaitPlace();
                Speaker.Turn turn = speaker.new Turn(session);
                assertThat(stream.next()).contains("started");
                return new Left(session, stream.cursor(), turn);
            }
        }

        /** Comes back; how long it takes until it hears this. */
        Duration comesBackToHear(String text) throws IOException {
            long start = System.nanoTime();
            try (RawStream stream = RawStream.sse(gateway.port(), session, cursor)) {
                assertThat(stream.next()).contains(text);
            }
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private static double read() {
        return gateway.bean(MeterRegistry.class)
                .get("turnlane.events.read")
                .functionCounter()
                .count();
    }

    /** Somebody else's long answer, in the same partition. */
    private static void others(int records) {
        double before = read();
        long start = System.nanoTime();
        Speaker.Turn other = speaker.new Turn("somebody-else");
        for (int i = 0; i < records; i++) {
            other.says("a piece of an answer, and of the usual length");
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> read() >= before + records);
        System.out.printf("%d records said and passed by in %d ms%n", records, (System.nanoTime() - start) / 1_000_000);
    }

    private static long consumers() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("kafka.consumer:type=app-info,*"), null)
                .size();
    }

    @Test
    void isOneReadForAllWhoComeBackTogetherAndNearOnesGoFirst() throws Exception {
        Left alone = Left.now();
        List<Left> herd = new ArrayList<>();
        for (int i = 0; i < HERD; i++) {
            herd.add(Left.now());
        }
        others(RECORDS);
        Left near = Left.now();
        alone.turn().says("welcome back");
        near.turn().says("so soon");
        herd.forEach(left -> left.turn().says("welcome back"));
        long consumers = consumers();
        System.out.printf(
                "%d records behind: %d ms alone%n",
                RECORDS, alone.comesBackToHear("welcome back").toMillis());
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            List<Future<Duration>> back = new ArrayList<>();
            for (Left left : herd) {
                back.add(clients.submit(() -> left.comesBackToHear("welcome back")));
            }
            Duration soon = near.comesBackToHear("so soon");
            for (Future<Duration> one : back) {
                one.get();
            }
            Duration all = Duration.ofNanos(System.nanoTime() - start);
            System.out.printf(
                    "%d together: %d ms for all of them, %d ms for one near the end%n",
                    HERD, all.toMillis(), soon.toMillis());
            if (FULL) {
                assertThat(soon).isLessThan(all.dividedBy(2));
            }
        }
        assertThat(consumers()).as("consumers").isEqualTo(consumers);
    }

    @Test
    void isBoundedByAGap() throws Exception {
        Left left = Left.now();
        others(RECORDS + RECORDS / 10);
        System.out.printf("gap after %d ms%n", left.comesBackToHear("\"gap\"").toMillis());
    }
}
