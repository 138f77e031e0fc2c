package io.turnlane.chaos.load;

import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.load.Gateways.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks until it knows that the question was accepted: an unknown outcome is asked again with the same
 * {@code Idempotency-Key}, at the next gateway. Any thread may call it.
 */
final class Asker {

    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int TOO_MANY = 429;

    private final Gateways gateways;
    private final History history;
    private final Ledger ledger;

    Asker(Gateways gateways, History history, Ledger ledger) {
        this.gateways = gateways;
        this.history = history;
        this.ledger = ledger;
    }

    /** What one try told. */
    private sealed interface Outcome {
        record Accepted(String request) implements Outcome {}

        /** Certainly not taken; another try may be. */
        record NotTaken() implements Outcome {}

        /** Refused for good. */
        record Refused() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    /**
     * Asks.
     *
     * @param goOn asked before each further try
     * @return nothing where it was refused, or its outcome isn't known when {@code goOn} says no
     */
    Optional<Turn> ask(String client, int gateway, Question question, BooleanSupplier goOn)
            throws InterruptedException {
        String key = UUID.randomUUID().toString();
        for (int attempt = 0; ; attempt++) {
            int at = (gateway + attempt) % gateways.count();
            switch (tryOnce(client, at, question, key)) {
                case Outcome.Accepted(String request) -> {
                    return Optional.of(ledger.accepted(question, request));
                }
                case Outcome.Refused _ -> {
                    return Optional.empty();
                }
                case Outcome.NotTaken _, Outcome.Unknown _ -> {}
            }
            if (!goOn.getAsBoolean()) {
                return Optional.empty();
            }
            Thread.sleep(BETWEEN);
        }
    }

    private Outcome tryOnce(String client, int gateway, Question question, String key) throws InterruptedException {
        history.write(new Line.Asked(history.now(), client, question.session(), key, question.canary()));
        try {
            Reply reply = gateways.post(
                    gateway,
                    "/v1/sessions/" + question.session() + "/requests",
                    Map.of("question", question.text(), "agent", "scripted"),
                    Map.of("Idempotency-Key", key));
            return outcome(client, question, key, reply);
        } catch (ConnectException e) {
            return refused(client, question, key, "refused_connection", 0);
        } catch (IOException e) {
            return unsettled(client, question, key, null, e.getClass().getSimpleName(), null);
        }
    }

    private Outcome outcome(String client, Question question, String key, Reply reply) {
        int http = reply.status();
        String request = reply.text("request_id");
        if (accepted(http) && request != null) {
            boolean replayed = reply.json().path("replayed").asBoolean(false);
            history.write(new Line.Accepted(
                    history.now(), client, question.session(), request, key, question.canary(), http, replayed));
            return new Outcome.Accepted(request);
        }
        return http >= 500
                ? unsettled(client, question, key, http, reply.text("code"), request)
                : refused(client, question, key, reply.text("code"), http);
    }

    private Outcome refused(String client, Question question, String key, @Nullable String code, int http) {
        history.write(new Line.Refused(history.now(), client, question.session(), key, question.canary(), code, http));
        return http == 0 || mayPass(http, code) ? new Outcome.NotTaken() : new Outcome.Refused();
    }

    private Outcome unsettled(
            String client,
            Question question,
            String key,
            @Nullable Integer http,
            @Nullable String code,
            @Nullable String request) {
        history.write(new Line.Unsettled(
                history.now(), client, question.session(), key, question.canary(), code, http, request));
        return new Outcome.Unknown();
    }

    private static boolean accepted(int status) {
        return status == 200 || status == 202;
    }

    /** Too many at once, and no processor known at the moment, may be otherwise soon. */
    private static boolean mayPass(int status, @Nullable String code) {
        return status == TOO_MANY || "unknown_agent".equals(code);
    }
}
