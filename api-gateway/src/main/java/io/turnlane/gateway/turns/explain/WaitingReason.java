package io.turnlane.gateway.turns.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireEnum;
import org.jspecify.annotations.Nullable;

/**
 * Reason for which a turn waits.
 *
 * @param sentence explanation for people
 * @param behind request for whose end the turn waits; absent if it waits for something else
 */
record WaitingReason(
        Reason reason,
        String sentence,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId behind) {

    enum Reason implements WireEnum {
        /** An earlier request of the session has not ended. */
        SESSION,
        /** All slots of the processor are in use. */
        SLOT,
        /** The limits of a provider allow no call of a model. */
        PROVIDER,
        /** The memory of the partition is being rebuilt. */
        REBUILD,
        /** No processor, or not the owner of the partition, offers the agent. */
        AGENT,
        /** No running processor owns the partition. */
        NO_OWNER,
        /** The delay before the next attempt has not passed. */
        RETRY,
        /** The previous owner of the partition is allowed to end the turn. */
        HANDOVER,
        /** The processor has not reached the question on the turns topic. */
        UNREAD
    }

    WaitingReason(Reason reason, String sentence) {
        this(reason, sentence, null);
    }
}
