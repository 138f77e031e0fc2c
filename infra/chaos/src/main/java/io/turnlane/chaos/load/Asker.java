package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Posts a question until it is accepted or permanently rejected. Each retry goes to the next gateway, with the same
 * {@code Idempotency-Key}. Any thread may call it.
 */
final class Asker {

    private static final Duration RETRY_DELAY = Duration.ofMillis(200);
    private static final int TOO_MANY_REQUESTS = 429;

    private final GatewayApi gateways;
    private final HistoryRecorder history;
    private final AcceptedTurns acceptedTurns;

    Asker(GatewayApi gateways, HistoryRecorder history, AcceptedTurns ledger) {
        this.gateways = gateways;
        this.history = history;
        this.acceptedTurns = ledger;
    }

    /** Outcome of one post. */
    private sealed interface PostOutcome {
        record PostAccepted(String request) implements PostOutcome {}

        /** The post was not accepted, but a later one can be. */
        record PostRetryable() implements PostOutcome {}

        record PostRejected() implements PostOutcome {}

        record PostUnresolved() implements PostOutcome {}
    }

    /**
     * Posts the question until it is accepted or permanently rejected.
     *
     * @param keepTrying returns true while a failed post may be retried; called before each retry
     * @return the accepted turn; empty if the question was rejected, or if {@code keepTrying} ended the retries
     */
    Optional<LoadTurn> ask(String client, int gateway, ScriptedQuestion question, BooleanSupplier keepTrying)
            throws InterruptedException {
        String key = UUID.randomUUID().toString();
        for (int attempt = 0; ; attempt++) {
            int at = (gateway + attempt) % gateways.count();
            switch (post(client, at, question, key)) {
                case PostOutcome.PostAccepted(String request) -> {
                    return Optional.of(acceptedTurns.add(question, request));
                }
                case PostOutcome.PostRejected _ -> {
                    return Optional.empty();
                }
                case PostOutcome.PostRetryable _, PostOutcome.PostUnresolved _ -> {}
            }
            if (!keepTrying.getAsBoolean()) {
                return Optional.empty();
            }
            Thread.sleep(RETRY_DELAY);
        }
    }

    private PostOutcome post(String client, int gateway, ScriptedQuestion question, String key)
            throws InterruptedException {
        history.write(
                new HistoryLine.QuestionPosted(history.now(), client, question.session(), key, question.canary()));
        try {
            GatewayReply reply = gateways.post(
                    gateway,
                    "/v1/sessions/" + question.session() + "/requests",
                    body(question),
                    Map.of("Idempotency-Key", key));
            return outcome(client, question, key, reply);
        } catch (ConnectException e) {
            return rejected(client, question, key, "refused_connection", 0);
        } catch (IOException e) {
            return unresolved(client, question, key, null, e.getClass().getSimpleName(), null);
        }
    }

    private static Map<String, Object> body(ScriptedQuestion question) {
        Map<String, Object> body = new HashMap<>(Map.of("question", question.text(), "agent", "scripted"));
        if (question.deadline() != null) {
            body.put("deadline_seconds", question.deadline().toMillis() / 1000.0);
        }
        return body;
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
                ? unresolved(client, question, key, http, reply.text("code"), request)
                : rejected(client, question, key, reply.text("code"), http);
    }

    private PostOutcome rejected(
            String client, ScriptedQuestion question, String key, @Nullable String code, int http) {
        history.write(new HistoryLine.QuestionRejected(
                history.now(), client, question.session(), key, question.canary(), code, http));
        return http == 0 || isTemporary(http, code) ? new PostOutcome.PostRetryable() : new PostOutcome.PostRejected();
    }

    private PostOutcome unresolved(
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

    /** Returns true if a later post can succeed. {@code unknown_agent} ends when a processor offers the agent again. */
    private static boolean isTemporary(int status, @Nullable String code) {
        return status == TOO_MANY_REQUESTS || "unknown_agent".equals(code);
    }
}
