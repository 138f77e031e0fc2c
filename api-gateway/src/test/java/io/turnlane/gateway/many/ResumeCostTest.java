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
 * Measures the cost of a resume: one read of the events of all sessions of the partition, shared by all clients that
 * resume together, up to a limit.
 *
 * <p>{@code -Drecords=190000} selects the full form, which stays just below the default limit of the gateway.
 */
@Timeout(300)
class ResumeCostTest {

    private static final int RECORDS = Integer.getInteger("records", 10_000);
    private static final boolean FULL = RECORDS > 100_000;
    private static final int GROUP = FULL ? 2_000 : 100;

    private static TestGateway gateway;
    private static TestEventPublisher publisher;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "turnlane.topics.partitions=1", "turnlane.gateway.catch-up.max-records=" + (RECORDS + RECORDS / 20));
        publisher = new TestEventPublisher(gateway);
    }

    @AfterAll
    static void stop() {
        publisher.close();
        gateway.close();
    }

    private static String freshSession() {
        return gateway.post("/v1/sessions", "{}").text("session_id");
    }

    /** Session whose client disconnected after the beginning of a turn. */
    private record DisconnectedClient(String session, String cursor, TestEventPublisher.PublishedTurn turn) {

        static DisconnectedClient disconnect() throws IOException {
            String session = freshSession();
            try (RawStream stream = RawStream.sse(gateway.port(), session, null)) {
                stream.awaitCursor();
                TestEventPublisher.PublishedTurn turn = publisher.new PublishedTurn(session);
                assertThat(stream.next()).contains("started");
                return new DisconnectedClient(session, stream.cursor(), turn);
            }
        }

        /** Reconnects and returns the time until the client receives {@code text}. */
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

    /** Publishes a long answer of another session in the same partition. */
    private static void publishInAnotherSession(int records) {
        double before = read();
        long start = System.nanoTime();
        TestEventPublisher.PublishedTurn other = publisher.new PublishedTurn("another-session");
        for (int i = 0; i < records; i++) {
            other.publishDelta("a piece of an answer, and of the usual length");
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> read() >= before + records);
        System.out.printf("%d records published and read in %d ms%n", records, (System.nanoTime() - start) / 1_000_000);
    }

    private static long consumers() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("kafka.consumer:type=app-info,*"), null)
                .size();
    }

    @Test
    void sharesOneReadAmongClientsThatResumeTogetherAndServesNearClientsFirst() throws Exception {
        DisconnectedClient alone = DisconnectedClient.disconnect();
        List<DisconnectedClient> group = new ArrayList<>();
        for (int i = 0; i < GROUP; i++) {
            group.add(DisconnectedClient.disconnect());
        }
        publishInAnotherSession(RECORDS);
        DisconnectedClient near = DisconnectedClient.disconnect();
        alone.turn().publishDelta("welcome back");
        near.turn().publishDelta("so soon");
        group.forEach(left -> left.turn().publishDelta("welcome back"));
        long consumers = consumers();
        System.out.printf(
                "%d records behind: %d ms alone%n",
                RECORDS, alone.timeToReceive("welcome back").toMillis());
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            List<Future<Duration>> back = new ArrayList<>();
            for (DisconnectedClient left : group) {
                back.add(clients.submit(() -> left.timeToReceive("welcome back")));
            }
            Duration nearDuration = near.timeToReceive("so soon");
            for (Future<Duration> one : back) {
                one.get();
            }
            Duration groupDuration = Duration.ofNanos(System.nanoTime() - start);
            System.out.printf(
                    "%d together: %d ms for all of them, %d ms for one near the end%n",
                    GROUP, groupDuration.toMillis(), nearDuration.toMillis());
            if (FULL) {
                assertThat(nearDuration).isLessThan(groupDuration.dividedBy(2));
            }
        }
        assertThat(consumers()).as("consumers").isEqualTo(consumers);
    }

    @Test
    void isLimitedByAGap() throws Exception {
        DisconnectedClient left = DisconnectedClient.disconnect();
        publishInAnotherSession(RECORDS + RECORDS / 10);
        System.out.printf("gap after %d ms%n", left.timeToReceive("\"gap\"").toMillis());
    }
}
