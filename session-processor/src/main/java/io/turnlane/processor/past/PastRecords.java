package io.turnlane.processor.past;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import java.time.Instant;

/**
 * Receives the content of a partition in the order of a pass over the log. Records that can't be read are left out,
 * because their turns never ran. One thread calls this object.
 */
public interface PastRecords {

    /** Returns true if this object needs the records of the session. Values of other records are not parsed. */
    boolean wants(SessionKey session);

    /** Returns true if this object needs the {@code tool_call} events. */
    default boolean wantsToolCalls() {
        return false;
    }

    /**
     * Adds a question.
     *
     * @param size size of the record in bytes
     */
    void asked(Ask ask, CommandPosition position, int size);

    /** Adds a client's cancel of a question. The cancel usually follows the question in the log, but can precede it. */
    void cancelled(CancelTurn cancel);

    /** Adds the deletion of a session. */
    void deleted(SessionKey session, CommandPosition position);

    /**
     * Adds a command that changes a session and asks no question.
     *
     * @param size size of the record in bytes
     */
    void edited(SessionChange command, CommandPosition position, int size);

    /**
     * Adds a {@code started} event, with which an attempt of a turn begins.
     *
     * @param attempt number of the attempt, from 1
     */
    void started(SessionKey session, RequestId request, int attempt, Instant at);

    /**
     * Adds a {@code tool_call} event.
     *
     * @param attempt number of the attempt, from 1
     */
    default void toolCalled(SessionKey session, RequestId request, int attempt, String tool) {}

    /**
     * Adds a terminal event.
     *
     * @param size size of the record in bytes
     */
    void ended(SessionKey session, TurnEvent end, int size);
}
