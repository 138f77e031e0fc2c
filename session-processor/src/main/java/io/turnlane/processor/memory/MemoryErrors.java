package io.turnlane.processor.memory;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;

/** The errors with which memory itself ends a turn. */
final class MemoryErrors {

    static final TurnError POISON =
            TurnError.of(ErrorCode.POISON, "This turn ended its processor again and again and was given up.");

    static final TurnError EXPIRED = TurnError.of(ErrorCode.EXPIRED, "The question waited for longer than it is kept.");

    static final TurnError DEADLINE_EXCEEDED =
            TurnError.of(ErrorCode.DEADLINE_EXCEEDED, "The deadline passed before there was an answer.");

    static final TurnError UNREADABLE =
            TurnError.of(ErrorCode.UNREADABLE_RECORD, "What was stored of this turn's end can't be read any more.");

    private MemoryErrors() {}
}
