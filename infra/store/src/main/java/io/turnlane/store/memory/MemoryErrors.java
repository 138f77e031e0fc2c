package io.turnlane.store.memory;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;

/** Errors of turns that the session memory itself ends as failed, without an error of the agent. */
final class MemoryErrors {

    static final TurnError POISON = TurnError.of(
            ErrorCode.POISON,
            "The processor crashed repeatedly while it ran this turn. Change the question before you ask again.");

    static final TurnError EXPIRED = TurnError.of(
            ErrorCode.EXPIRED, "The question was not answered within the time for which it is kept. Ask it again.");

    static final TurnError DEADLINE_EXCEEDED = TurnError.of(
            ErrorCode.DEADLINE_EXCEEDED,
            "The deadline passed before the answer was ready. Ask again with a longer deadline.");

    static final TurnError UNKNOWN_AGENT = TurnError.of(
            ErrorCode.UNKNOWN_AGENT,
            "The processor that holds this session does not have the agent, and no processor that has it took over in"
                    + " time. Ask again later, or ask another agent.");

    static final TurnError UNREADABLE = TurnError.of(
            ErrorCode.UNREADABLE_RECORD,
            "The stored result of this turn can no longer be read. Ask the question again.");

    private MemoryErrors() {}
}
