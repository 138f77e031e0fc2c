package io.turnlane.gateway.turns.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.store.batch.StoredBatch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON representation of a batch, without the questions and answers.
 *
 * @param status {@code ended} if all questions have ended, otherwise {@code running}
 * @param counts number of questions with each status
 * @param webhook result of the webhook: delivered, failed or refused; absent if it is not known yet
 * @param items the questions, in the order of the call
 */
record BatchResource(
        RequestId batchId,

        @Schema(description = "`running`, or `ended` when all questions have ended")
        String status,

        Instant createdAt,
        int total,

        @Schema(description = "Number of questions with each status")
        Map<String, Integer> counts,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String webhook,

        List<BatchItem> items,
        BatchLinks links) {

    /** Paths of the batch's resources, relative to the URL of the service. */
    record BatchLinks(String self, String results) {

        static BatchLinks of(RequestId batchId) {
            String self = "/v1/batches/" + batchId;
            return new BatchLinks(self, self + "/results");
        }
    }

    /**
     * Question of a batch.
     *
     * @param index position in the call, from 0
     * @param requestId request of the question; absent if the question was not accepted
     * @param status status of the request; {@code not_accepted} if there is no request, {@code gone} if its record has
     *     expired or was deleted, {@code unknown} if Redis lost the record and it is not restored yet
     * @param error error of a failed or not accepted question
     * @param self path of the request
     */
    record BatchItem(
            int index,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            RequestId requestId,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            SessionId sessionId,

            @Schema(
                    description = "Status of the request; `not_accepted` if the question was rejected, `gone` if the "
                            + "record of the request has expired or was deleted, `unknown` if Redis lost the record "
                            + "and no processor has restored it yet")
            String status,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TurnError error,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String self) {

        boolean isOpen() {
            return switch (status) {
                case "queued", "running", "retrying", "unknown" -> true;
                default -> false;
            };
        }
    }

    static BatchResource of(StoredBatch batch, List<BatchItem> items) {
        Map<String, Integer> counts = new TreeMap<>();
        items.forEach(item -> counts.merge(item.status(), 1, Integer::sum));
        return new BatchResource(
                batch.batchId(),
                items.stream().anyMatch(BatchItem::isOpen) ? "running" : "ended",
                batch.createdAt(),
                items.size(),
                counts,
                batch.webhook(),
                items,
                BatchLinks.of(batch.batchId()));
    }

    boolean ended() {
        return status.equals("ended");
    }

    /** Returns this resource without the messages of errors, for callers who do not have the scope {@code read}. */
    BatchResource withoutMessages() {
        return new BatchResource(
                batchId,
                status,
                createdAt,
                total,
                counts,
                webhook,
                items.stream()
                        .map(item -> new BatchItem(
                                item.index(),
                                item.requestId(),
                                item.sessionId(),
                                item.status(),
                                item.error() == null || item.requestId() == null
                                        ? item.error()
                                        : new TurnError(item.error().code(), ""),
                                item.self()))
                        .toList(),
                links);
    }
}
