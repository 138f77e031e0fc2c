package io.turnlane.processor.agent.remote;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Protocol between Turnlane and an agent behind HTTP. Immutable. */
interface RemoteProtocol {

    /** Returns the JSON body of the request for a turn. */
    Map<String, Object> request(RemoteTurn turn);

    /** Returns a reader for one answer to the turn. */
    AnswerReader reader(AnswerText text, RemoteTurn turn);

    /**
     * Turn that an agent answers.
     *
     * @param agent name of the agent
     * @param model configured value of {@code model}, or null
     * @param history earlier turns that travel with the question, oldest first
     * @param state state that the agent has set in the session
     */
    record RemoteTurn(
            CurrentTurn turn,
            String agent,
            @Nullable String model,
            Question question,
            List<PastTurn> history,
            Map<String, Object> state) {

        /** Returns the id of this attempt: the id of the request and the number of the attempt. */
        String attemptId() {
            return turn.requestId() + "-" + turn.attempt();
        }
    }

    /** Reads one answer, which is either a document or a stream of events. Used by one thread. */
    interface AnswerReader {

        /** Reads the whole answer. {@link #answer} may be called afterwards. */
        void readDocument(JsonNode document) throws RemoteFault;

        /**
         * Reads the data of an event.
         *
         * @return true if this was the last event of the answer
         */
        boolean readEvent(String data) throws RemoteFault;

        /**
         * Returns the answer.
         *
         * @throws RemoteFault if the answer is not complete
         */
        Answer answer() throws RemoteFault;

        /** Returns the usage that the agent has reported until now. */
        Usage usage();
    }
}
