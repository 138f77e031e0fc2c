package io.turnlane.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.TurnEvent;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limit of the bytes in all outboxes together, with a large limit for each client. */
@Timeout(60)
class TotalOutboxLimitTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "turnlane.gateway.streams.max-bytes=100MB",
                "turnlane.gateway.streams.max-events=100000",
                "turnlane.gateway.streams.max-total-bytes=4MB",
                "server.tomcat.connection-timeout=20s");
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void disconnectsTheClientThatReadsNothingIfTheTotalIsReached() throws Exception {
        gateway.ask("crowded", "?");
        ReceivedTurn turn = processor.nextTurn();
        String events = "/v1/sessions/crowded/requests/" + turn.ask.requestId() + "/events";
        EventStreams streams = gateway.bean(EventStreams.class);
        try (Socket slow = new Socket();
                SseClient quick = gateway.stream(events)) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
            slow.getOutputStream().write(("GET " + events + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(UTF_8));
            await().until(() -> streams.clients() == 2);
            turn.publish(new TurnEvent.Started());
            assertThat(quick.next().type()).isEqualTo("started");
            double highest = 0;
            for (int i = 0; i < 120; i++) {
                turn.delta("x".repeat(60_000));
                assertThat(quick.next().type()).isEqualTo("delta");
                highest = Math.max(highest, waiting());
            }
            assertThat(highest).isBetween(1e6, 4.2e6);
            assertThat(waiting()).as("waiting events are dropped at once").isLessThan(1e6);
            slow.close();
            await().until(() -> streams.clients() == 1);
            assertThat(dropped("crowded")).isEqualTo(1);
            assertThat(dropped("slow")).isZero();
            turn.complete("end");
            assertThat(quick.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("completed");
        }
        await().until(() -> waiting() == 0);
    }

    private static double waiting() {
        return gateway.bean(MeterRegistry.class)
                .get("turnlane.clients.waiting")
                .gauge()
                .value();
    }

    private static double dropped(String reason) {
        return gateway.bean(MeterRegistry.class)
                .get("turnlane.clients.dropped")
                .tags("channel", "sse", "reason", reason)
                .counter()
                .count();
    }
}
