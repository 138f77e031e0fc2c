package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.CommandPosition;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** What the log holds of sessions: commands and events of a partition, merged in the order of their times. */
public interface SessionLog {

    /**
     * Reads a partition from where its events begin up to where it ends now.
     *
     * @param goOn is asked now and then; the pass ends early where it says no
     * @return whether the pass came to its end
     * @throws io.turnlane.processor.turn.Turn.LogUnavailableException where the log doesn't answer
     */
    boolean readPartition(int partition, SessionLogListener listener, BooleanSupplier goOn);

    /** Is told what the log says, by one thread. What can't be read is left out: it stands in quarantine. */
    interface SessionLogListener {

        /** Whether records of this session count; the others aren't read. */
        boolean wants(SessionKey session);

        /**
         * A question.
         *
         * @param bytes of its record
         */
        void asked(Ask ask, CommandPosition place, int bytes);

        /** The session was deleted, or is to be. */
        void deleted(SessionKey session, CommandPosition place);

        /**
         * The session was changed by a command that asks nothing, or is to be.
         *
         * @param bytes of its record
         */
        void edited(SessionChange command, CommandPosition place, int bytes);

        /** An attempt began, the first with 1. */
        void started(SessionKey session, RequestId request, int attempt, Instant at);

        /**
         * A turn ended.
         *
         * @param bytes of the event's record
         */
        void ended(SessionKey session, TurnEvent end, int bytes);
    }
}
