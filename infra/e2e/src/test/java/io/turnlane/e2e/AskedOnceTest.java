package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A question posted many times at once to two gateways under one Idempotency-Key is answered once. */
class AskedOnceTest {

    @Test
    void fiftyPostsThroughTwoGatewaysAreOneTurnInMemory() throws Exception {
        try (RunningTurnlane turnlane = RunningTurnlane.start(1)) {
            turnlane.addGateway();
            try (Client first = new Client(turnlane.address(0));
                    Client second = new Client(turnlane.address(1))) {
                first.askAndWait("warm-up", "hello", Map.of());
                List<ClientReply> replies = postTogether(50, first, second);
                assertThat(replies).extracting(ClientReply::status).containsOnly(200);
                assertThat(replies)
                        .extracting(reply -> reply.text("request_id"))
                        .containsOnly(replies.getFirst().text("request_id"));
                assertThat(replies)
                        .extracting(reply -> reply.object("answer").get("text"))
                        .containsOnly("echo: once");
                // Duplicates of the first question, if any, come before this one in the log.
                first.askAndWait("s", "the last", Map.of());
                assertThat(first.get("/v1/sessions/s/turns").list("turns"))
                        .extracting(turn -> turn.get("question"))
                        .containsExactly("once", "the last");
                assertThat(first.get("/v1/sessions/s").json().get("request_count"))
                        .isEqualTo(2);
            }
        }
    }

    private static List<ClientReply> postTogether(int posts, Client... gateways) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<ClientReply> replies = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ClientReply>> asked = new ArrayList<>();
            for (int i = 0; i < posts; i++) {
                Client gateway = gateways[i % gateways.length];
                asked.add(executor.submit(() -> {
                    start.await();
                    return gateway.post(
                            "/v1/sessions/s/requests",
                            Map.of("question", "once", "agent", "echo"),
                            "Idempotency-Key",
                            "k",
                            "Prefer",
                            "wait=30");
                }));
            }
            start.countDown();
            for (Future<ClientReply> reply : asked) {
                replies.add(reply.get());
            }
        }
        return replies;
    }
}
