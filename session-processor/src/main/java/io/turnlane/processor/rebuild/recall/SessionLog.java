package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.CommandPosition;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** The log of sessions: commands and events of a partition, merged by their timestamps. */
public interface SessionLog {

    /**
     * Reads a partition up to its current end. Commands are read from an earlier time than events, because a question
     * can be older than the events of its turn. All commands from {@code firstOpen} on are read.
     *
     * @param firstOpen offset of the first record of the turns topic that could be delivered again
     * @param proceed called repeatedly during the pass; if it returns false, the pass stops early
     * @return true if the pass reached the end
     * @throws io.turnlane.processor.turn.Turn.LogUnavailableException if the log doesn't answer
     */
    boolean readPartition(int partition, long firstOpen, SessionLogListener listener, BooleanSupplier proceed);

    /**
     * Receives the content of the log. One thread calls all methods. Records that can't be read are skipped, because
     * their turns never ran.
     */
    interface SessionLogListener {

        /**
         * Returns true if the listener wants the records of this session. The records of other sessions are neither
         * parsed nor passed to the listener.
         */
        boolean wants(SessionKey session);

        /**
         * Called for a question.
         *
         * @param bytes size of the record
         */
        void asked(Ask ask, CommandPosition position, int bytes);

        /**
         * Called for a client's cancel of a question. The cancel usually follows the question in the log, but can also
         * precede it.
         */
        void cancelled(CancelTurn cancel);

        /** Called for a command that deletes a session. */
        void deleted(SessionKey session, CommandPosition position);

        /**
         * Called for a command that changes a session and asks no question.
         *
         * @param bytes size of the record
         */
        void edited(SessionChange command, CommandPosition position, int bytes);

        /**
         * Called for a {@code started} event, with which an attempt of a turn begins.
         *
         * @param attempt number of the attempt, from 1
         */
        void started(SessionKey session, RequestId request, int attempt, Instant at);

        /**
         * Called for a terminal event.
         *
         * @param bytes size of the record
         */
        void ended(SessionKey session, TurnEvent end, int bytes);
    }
}
