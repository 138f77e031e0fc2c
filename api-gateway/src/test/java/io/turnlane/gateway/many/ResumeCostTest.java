package io.turnlane.gateway.many;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.TestGateway;
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

    private static TestGateway gateway;
    private static TestEventPublisher speaker;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "turnlane.topics.partitions=1", "turnlane.gateway.catch-up.max-records=" + (RECORDS + RECORDS / 20));
        speaker = new TestEventPublisher(gateway);
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
    private record DisconnectedClient(String session, String cursor, TestEventPublisher.PublishedTurn turn) {

        static DisconnectedClient disconnect() throws IOException {
            String session = freshSession();
            try (RawStream stream = RawStream.sse(gateway.port(), session, null)) {
                stream.awaitCursor();
                TestEventPublisher.PublishedTurn turn = speaker.new PublishedTurn(session);
                assertThat(stream.next()).contains("started");
                return new DisconnectedClient(session, stream.cursor(), turn);
            }
        }

        /** Comes back; how long it takes until it hears this. */
        Duration timeToReceive(String text) throws IOException {
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
        TestEventPublisher.PublishedTurn other = speaker.new PublishedTurn("somebody-else");
        for (int i = 0; i < records; i++) {
            other.publishDelta("a piece of an answer, and of the usual length");
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
        DisconnectedClient alone = DisconnectedClient.disconnect();
        List<DisconnectedClient> herd = new ArrayList<>();
        for (int i = 0; i < HERD; i++) {
            herd.add(DisconnectedClient.disconnect());
        }
        others(RECORDS);
        DisconnectedClient near = DisconnectedClient.disconnect();
        alone.turn().publishDelta("welcome back");
        near.turn().publishDelta("so soon");
        herd.forEach(left -> left.turn().publishDelta("welcome back"));
        long consumers = consumers();
        System.out.printf(
                "%d records behind: %d ms alone%n",
                RECORDS, alone.timeToReceive("welcome back").toMillis());
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            List<Future<Duration>> back = new ArrayList<>();
            for (DisconnectedClient left : herd) {
                back.add(clients.submit(() -> left.timeToReceive("welcome back")));
            }
            Duration soon = near.timeToReceive("so soon");
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
        DisconnectedClient left = DisconnectedClient.disconnect();
        others(RECORDS + RECORDS / 10);
        System.out.printf("gap after %d ms%n", left.timeToReceive("\"gap\"").toMillis());
    }
}
