package io.turnlane.store.batch;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * List of the questions of one call. It has no state of its own: the request records of its questions show how far it
 * is.
 *
 * @param bodyHash hash of the call's body; a repeated call must have the same one
 * @param callbackUrl URL to which the end of the batch is posted, or null
 * @param published true if the last question of the batch is certainly published. If false, a repeated call must
 *     continue
 * @param webhook result of the webhook: delivered, failed or refused; null if it is not known yet
 * @param items the questions, in the order of the call
 */
public record StoredBatch(
        RequestId batchId,
        Instant createdAt,
        String bodyHash,
        @Nullable CallbackUrl callbackUrl,
        boolean published,
        @Nullable String webhook,
        List<Item> items) {

    public StoredBatch {
        items = List.copyOf(items);
    }

    /** Question of a batch. */
    public sealed interface Item {

        /** Question that was accepted. */
        record Asked(SessionKey session, RequestId requestId) implements Item {

            public Asked {
                Objects.requireNonNull(session);
                Objects.requireNonNull(requestId);
            }
        }

        /** Question that was not accepted. */
        record NotAccepted(TurnError error) implements Item {}
    }

    /** Returns the accepted questions, in the order of the call. */
    public List<Item.Asked> asked() {
        return items.stream()
                .filter(Item.Asked.class::isInstance)
                .map(Item.Asked.class::cast)
                .toList();
    }
}
