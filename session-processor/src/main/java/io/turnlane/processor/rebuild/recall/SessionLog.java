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
     * Reads a partition from the start of its events to its current end. Commands are read from an earlier time. If
     * {@code firstOpen} is before that time, commands are read from {@code firstOpen}. All records that could be
     * delivered again are therefore read.
     *
     * @param firstOpen offset in the turns topic before which no record is delivered again
     * @param proceed called repeatedly during the pass; if it returns false, the pass stops early
     * @return true if the pass reached the end
     * @throws io.turnlane.processor.turn.Turn.LogUnavailableException if the log doesn't answer
     */
    boolean readPartition(int partition, long firstOpen, SessionLogListener listener, BooleanSupplier proceed);

    /**
     * Receives the content of the log, from one thread. Records that can't be read are skipped; they are in quarantine.
     */
    interface SessionLogListener {

        /** Returns true if the listener wants the records of this session. Other records aren't parsed. */
        boolean wants(SessionKey session);

        /**
         * Called for a question.
         *
         * @param bytes size of the record
         */
        void asked(Ask ask, CommandPosition position, int bytes);

        /** Called for a client's cancel of a question, which usually follows the question. */
        void cancelled(CancelTurn cancel);

        /** Called for the deletion of a session. */
        void deleted(SessionKey session, CommandPosition position);

        /**
         * Called for a command that changes a session and asks no question.
         *
         * @param bytes size of the record
         */
        void edited(SessionChange command, CommandPosition position, int bytes);

        /** Called for the begin of an attempt. The first attempt is 1. */
        void started(SessionKey session, RequestId request, int attempt, Instant at);

        /**
         * Called for a terminal event.
         *
         * @param bytes size of the record
         */
        void ended(SessionKey session, TurnEvent end, int bytes);
    }
}
