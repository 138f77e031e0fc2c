package io.turnlane.chaos.load;

import io.turnlane.chaos.load.Gateways.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Polls turns for their ends, at one gateway after the other. Any thread may call it. */
final class Poller {

    private static final Duration BETWEEN = Duration.ofMillis(150);
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    private final Gateways gateways;
    private final History history;

    Poller(Gateways gateways, History history) {
        this.gateways = gateways;
        this.history = history;
    }

    /** Polls until the turn has ended, or {@code goOn} says no; whether it has. */
    boolean awaitEnd(String client, int gateway, Turn turn, BooleanSupplier goOn) throws InterruptedException {
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
    boolean poll(String client, int gateway, Turn turn) throws InterruptedException {
        try {
            Reply reply = gateways.get(gateway, "/v1/sessions/" + turn.session() + "/requests/" + turn.request());
            if (reply.status() != 200) {
                history.write(
                        client,
                        "info",
                        "poll",
                        told(turn).and("http", reply.status()).map());
                return false;
            }
            return seen(client, turn, reply);
        } catch (IOException e) {
            history.write(
                    client,
                    "info",
                    "poll",
                    told(turn).and("error", e.getClass().getSimpleName()).map());
            return false;
        }
    }

    private boolean seen(String client, Turn turn, Reply reply) {
        String status = reply.text("status");
        String text = reply.json().path("answer").path("text").asString(null);
        Fields fields = told(turn)
                .and("status", status)
                .and("attempt", reply.json().path("attempt").asInt())
                .and("text", text)
                .and("canary", Follower.canary(text))
                .and("error", reply.json().path("error").path("code").asString(null));
        history.write(client, "ok", "poll", fields.map());
        if (status != null && ENDS.contains(status)) {
            turn.ended(status);
            return true;
        }
        return false;
    }

    private static Fields told(Turn turn) {
        return Fields.of("session", turn.session()).and("request", turn.request());
    }
}
