package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Polls turns for their ends, alternating between the gateways. Any thread may call it. */
final class Poller {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(150);

    private final GatewayApi gateways;
    private final HistoryRecorder history;

    Poller(GatewayApi gateways, HistoryRecorder history) {
        this.gateways = gateways;
        this.history = history;
    }

    /** Polls until the turn has ended or {@code keepTrying} returns false; returns true if it has ended. */
    boolean awaitEnd(String client, int gateway, LoadTurn turn, BooleanSupplier keepTrying)
            throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            if (poll(client, (gateway + attempt) % gateways.count(), turn)) {
                return true;
            }
            if (!keepTrying.getAsBoolean()) {
                return false;
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    /** Polls once; returns true if the turn has ended. */
    boolean poll(String client, int gateway, LoadTurn turn) throws InterruptedException {
        long sent = history.now();
        try {
            GatewayReply reply =
                    gateways.get(gateway, "/v1/sessions/" + turn.session() + "/requests/" + turn.request());
            return reply.status() == 200 && record(client, sent, turn, reply);
        } catch (IOException _) {
            return false; // the status is unknown until the next poll
        }
    }

    private boolean record(String client, long sent, LoadTurn turn, GatewayReply reply) {
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
        if (HistoryLine.isTerminal(status)) {
            turn.ended(status);
            return true;
        }
        return false;
    }
}
