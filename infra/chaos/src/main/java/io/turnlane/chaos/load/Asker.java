package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
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

    private final GatewayApi gateways;
    private final HistoryRecorder history;
    private final AcceptedTurns acceptedTurns;

    Asker(GatewayApi gateways, HistoryRecorder history, AcceptedTurns ledger) {
        this.gateways = gateways;
        this.history = history;
        this.acceptedTurns = ledger;
    }

    /** What one try told. */
    private sealed interface PostOutcome {
        record PostAccepted(String request) implements PostOutcome {}

        /** Certainly not taken; another try may be. */
        record PostRetryable() implements PostOutcome {}

        /** Refused for good. */
        record PostRejected() implements PostOutcome {}

        record PostUnresolved() implements PostOutcome {}
    }

    /**
     * Asks.
     *
     * @param goOn asked before each further try
     * @return nothing where it was refused, or its outcome isn't known when {@code goOn} says no
     */
    Optional<LoadTurn> ask(String client, int gateway, ScriptedQuestion question, BooleanSupplier goOn)
            throws InterruptedException {
        String key = UUID.randomUUID().toString();
        for (int attempt = 0; ; attempt++) {
            int at = (gateway + attempt) % gateways.count();
            switch (tryOnce(client, at, question, key)) {
                case PostOutcome.PostAccepted(String request) -> {
                    return Optional.of(acceptedTurns.add(question, request));
                }
                case PostOutcome.PostRejected _ -> {
                    return Optional.empty();
                }
                case PostOutcome.PostRetryable _, PostOutcome.PostUnresolved _ -> {}
            }
            if (!goOn.getAsBoolean()) {
                return Optional.empty();
            }
            Thread.sleep(BETWEEN);
        }
    }

    private PostOutcome tryOnce(String client, int gateway, ScriptedQuestion question, String key)
            throws InterruptedException {
        history.write(
                new HistoryLine.QuestionPosted(history.now(), client, question.session(), key, question.canary()));
        try {
            GatewayReply reply = gateways.post(
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

    private PostOutcome outcome(String client, ScriptedQuestion question, String key, GatewayReply reply) {
        int http = reply.status();
        String request = reply.text("request_id");
        if (accepted(http) && request != null) {
            boolean replayed = reply.json().path("replayed").asBoolean(false);
            history.write(new HistoryLine.QuestionAccepted(
                    history.now(), client, question.session(), request, key, question.canary(), http, replayed));
            return new PostOutcome.PostAccepted(request);
        }
        return http >= 500
                ? unsettled(client, question, key, http, reply.text("code"), request)
                : refused(client, question, key, reply.text("code"), http);
    }

    private PostOutcome refused(String client, ScriptedQuestion question, String key, @Nullable String code, int http) {
        history.write(new HistoryLine.QuestionRejected(
                history.now(), client, question.session(), key, question.canary(), code, http));
        return http == 0 || mayPass(http, code) ? new PostOutcome.PostRetryable() : new PostOutcome.PostRejected();
    }

    private PostOutcome unsettled(
            String client,
            ScriptedQuestion question,
            String key,
            @Nullable Integer http,
            @Nullable String code,
            @Nullable String request) {
        history.write(new HistoryLine.QuestionUnresolved(
                history.now(), client, question.session(), key, question.canary(), code, http, request));
        return new PostOutcome.PostUnresolved();
    }

    private static boolean accepted(int status) {
        return status == 200 || status == 202;
    }

    /** Too many at once, and no processor known at the moment, may be otherwise soon. */
    private static boolean mayPass(int status, @Nullable String code) {
        return status == TOO_MANY || "unknown_agent".equals(code);
    }
}
