package io.turnlane.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions that are asked in one call. {@link #of} creates a batch, and the other methods return changed copies.
 *
 * @param questions the questions; their own idempotency keys are not used. Questions of one session are asked in order
 * @param callbackUrl URL to which the signed end of the batch is posted; null for none
 * @param idempotencyKey key that identifies the batch; the gateway asks its questions only once, even if several calls
 *     have this key
 */
public record BatchRequest(
        List<AskRequest> questions, @Nullable String callbackUrl, String idempotencyKey) {

    public BatchRequest {
        if (questions.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one question");
        }
        questions = List.copyOf(questions);
    }

    /** Returns a batch with a random idempotency key. */
    public static BatchRequest of(List<AskRequest> questions) {
        return new BatchRequest(questions, null, AskRequest.randomKey());
    }

    /** Returns a copy whose end is posted to this URL. */
    public BatchRequest callback(String callbackUrl) {
        return new BatchRequest(questions, callbackUrl, idempotencyKey);
    }

    /**
     * Returns a copy with this idempotency key. A caller that has stored the key can repeat its call after a restart:
     * the gateway then does not ask the questions a second time.
     */
    public BatchRequest key(String idempotencyKey) {
        return new BatchRequest(questions, callbackUrl, idempotencyKey);
    }

    Map<String, Object> body() {
        List<Map<String, Object>> items = new ArrayList<>();
        for (AskRequest question : questions) {
            Map<String, Object> item = question.body();
            if (question.session() != null) {
                item.put("session_id", question.session());
            }
            items.add(item);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items);
        if (callbackUrl != null) {
            body.put("callback_url", callbackUrl);
        }
        return body;
    }
}
