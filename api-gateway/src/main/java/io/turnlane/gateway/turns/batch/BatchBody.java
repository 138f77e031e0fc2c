package io.turnlane.gateway.turns.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Request body of a call that asks several questions.
 *
 * @param items the questions
 * @param callbackUrl URL to which the signed end of the batch is posted, if this installation sends webhooks
 */
record BatchBody(
        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "The questions. Questions of one session are asked in the order of this list.")
        @Nullable
        List<@Nullable BatchItemBody> items,

        @Schema(
                description = "URL to which one signed webhook is posted when all questions have ended",
                example = "https://example.com/hook")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String callbackUrl) {

    /** @throws ProblemDetailException if the batch has no question or more than the maximum */
    List<BatchItemBody> checkedItems(int maxQuestions) {
        if (items == null || items.isEmpty() || items.stream().anyMatch(Objects::isNull)) {
            throw ProblemDetailException.invalid("items must be a list of at least one question");
        }
        if (items.size() > maxQuestions) {
            throw new ProblemDetailException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "items must have at most " + maxQuestions + " questions. Send the others in another batch.");
        }
        return items.stream().map(Objects::requireNonNull).toList();
    }
}
