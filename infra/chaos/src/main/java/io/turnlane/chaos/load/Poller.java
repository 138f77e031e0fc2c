package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Polls turns for their ends, at one gateway after the other. Any thread may call it. */
final class Poller {

    private static final Duration BETWEEN = Duration.ofMillis(150);
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    private final GatewayApi gateways;
    private final HistoryRecorder history;

    Poller(GatewayApi gateways, HistoryRecorder history) {
        this.gateways = gateways;
        this.history = history;
    }

    /** Polls until the turn has ended, or {@code goOn} says no; whether it has. */
    boolean awaitEnd(String client, int gateway, LoadTurn turn, BooleanSupplier goOn) throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            if (poll(client, (gateway + attempt) % gateways.count(), turn)) {
                return true;
            }
            if (!goOn.getAsBoolean()) {
                return false;
            }
            Thread.sleep(BETWEEN);
        }
    }

    /** Asks once; whether the turn has ended. */
    boolean poll(String client, int gateway, LoadTurn turn) throws InterruptedException {
        long sent = history.now();
        try {
            GatewayReply reply =
                    gateways.get(gateway, "/v1/sessions/" + turn.session() + "/requests/" + turn.request());
            return reply.status() == 200 && seen(client, sent, turn, reply);
        } catch (IOException _) {
            return false; // it says nothing about the turn; another try will
        }
    }

    private boolean seen(String client, long sent, LoadTurn turn, GatewayReply reply) {
        String status = reply.json().path("status").asString("");
        history.write(new HistoryLine.StatusPolled(
                history.now(),
                client,
                sent,
                turn.session(),
                turn.request(),
                status,
                reply.json().path("attempt").asInt(),
                reply.json().path("answer").path("text").asString(null)));
        if (ENDS.contains(status)) {
            turn.ended(status);
            return true;
        }
        return false;
    }
}
