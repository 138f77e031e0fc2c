package io.turnlane.client;

import io.turnlane.client.GatewayPool.GatewayCall;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A handle for an accepted batch. Its turns run to their ends even if no client waits for them. Thread-safe. */
public final class AskedBatch {

    private static final Duration POLL = Duration.ofSeconds(20);
    private static final int PAGE = 100;

    private final GatewayPool gateways;
    private final String batchId;

    AskedBatch(GatewayPool gateways, String batchId) {
        this.gateways = gateways;
        this.batchId = batchId;
    }

    /** Returns the id of the batch. */
    public String batchId() {
        return batchId;
    }

    /**
     * The result of one question.
     *
     * @param index position of the question in the batch, from 0
     * @param turn the turn of the question; null if the question was not accepted or if its request no longer exists
     * @param errorCode code of the error of a question that has no turn or whose turn failed; null if there is none
     * @param errorMessage message of this error; null if there is none
     */
    public record BatchAnswer(
            int index,
            @Nullable TurnView turn,
            @Nullable String errorCode,
            @Nullable String errorMessage) {

        static BatchAnswer of(JsonNode result) {
            JsonNode request = result.path("request");
            JsonNode error = (request.isMissingNode() ? result : request).path("error");
            TurnView turn = null;
            if (!request.isMissingNode()) {
                turn = new TurnView();
                turn.applyFinalState(request);
            }
            return new BatchAnswer(
                    result.path("index").asInt(0),
                    turn,
                    error.path("code").asString(null),
                    error.path("message").asString(null));
        }
    }

    /** Returns the current batch resource: the status of each question, without the answers. */
    public JsonNode state() throws IOException, InterruptedException {
        return gateways.call(GatewayCall.get(path()));
    }

    /**
     * Waits until all turns of the batch have ended, and returns the results of all questions in their order.
     *
     * @throws ProblemException if a gateway rejects a call, for example with {@code not_found}
     * @throws IOException if no gateway answered in time
     */
    public List<BatchAnswer> await() throws IOException, InterruptedException {
        while (!gateways.call(GatewayCall.poll(path(), POLL))
                .path("status")
                .asString("")
                .equals("ended")) {
            // The gateway answers after 20 s at the latest.
        }
        return results();
    }

    /** Returns the results of all questions in their order. Turns that have not ended have no answer yet. */
    public List<BatchAnswer> results() throws IOException, InterruptedException {
        List<BatchAnswer> answers = new ArrayList<>();
        String cursor = null;
        do {
            JsonNode page = gateways.call(GatewayCall.get(path() + "/results?limit=" + PAGE + after(cursor)));
            for (JsonNode result : page.path("results")) {
                answers.add(BatchAnswer.of(result));
            }
            cursor = page.path("next").asString(null);
        } while (cursor != null);
        return answers;
    }

    private static String after(@Nullable String cursor) {
        return cursor == null ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    }

    private String path() {
        return GatewayPool.path("v1", "batches", batchId);
    }
}
