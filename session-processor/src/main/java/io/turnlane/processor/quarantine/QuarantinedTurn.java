package io.turnlane.processor.quarantine;

import io.turnlane.model.TurnError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of the turns topic as it came, and why it was put aside.
 *
 * @param key as it came; null where it had none
 * @param headers as they came
 * @param attempts how often the turn was run
 */
public record QuarantinedTurn(
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        TurnError error,
        int attempts,
        int partition,
        long offset) {

    /** One header, as it came. */
    public record Header(String name, byte @Nullable [] value) {}

    public QuarantinedTurn {
        headers = List.copyOf(headers);
    }
}
