package io.turnlane.processor.replay;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestStatus;
import io.turnlane.processor.replay.RecordedTurn.FailedTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Memory of a turn in which the candidate's answers replace the recorded ones. Earlier turns without a result keep
 * their recorded answer, for example those before the range. The memory depends only on the recorded turn and the
 * results, so a replay that was interrupted continues with the same memory.
 */
record ChainedMemory(ReplayResults results, int maxTurns) {

    /** Returns the turn with the chained memory. Must be called after the earlier turns of the session have results. */
    RecordedTurn apply(RecordedTurn recorded) {
        Chain chain = new Chain(recorded.states());
        List<FailedTurn> failed = recorded.failedBefore();
        int next = 0;
        for (int i = 0; i <= recorded.history().size(); i++) {
            for (; next < failed.size() && failed.get(next).historyBefore() <= i; next++) {
                chain.addFailed(failed.get(next));
            }
            if (i < recorded.history().size()) {
                chain.add(recorded.history().get(i));
            }
        }
        List<PastTurn> history = chain.history;
        return new RecordedTurn(
                recorded.ask(),
                recorded.partition(),
                recorded.offset(),
                recorded.loggedAt(),
                history.subList(Math.max(0, history.size() - maxTurns), history.size()),
                List.of(),
                chain.states,
                recorded.missingTurns(),
                recorded.outcome());
    }

    private final class Chain {

        private final List<PastTurn> history = new ArrayList<>();
        private AgentStates states;

        Chain(AgentStates states) {
            this.states = states;
        }

        void add(PastTurn turn) {
            Optional<ComparedTurn> result = results.find(turn.requestId());
            if (result.isEmpty()) {
                history.add(turn);
                return;
            }
            addStates(result.get());
            Answer answer = result.get().replayed().answer();
            if (answer != null) {
                history.add(new PastTurn(
                        turn.requestId(),
                        turn.status(),
                        turn.question(),
                        answer.text(),
                        answer.confidence(),
                        answer.sources(),
                        turn.processingTime(),
                        turn.timestamp()));
            }
        }

        void addFailed(FailedTurn turn) {
            ComparedTurn result = results.find(turn.requestId()).orElse(null);
            if (result == null) {
                return;
            }
            addStates(result);
            Answer answer = result.replayed().answer();
            if (answer != null) {
                history.add(new PastTurn(
                        turn.requestId(),
                        RequestStatus.COMPLETED,
                        turn.question(),
                        answer.text(),
                        answer.confidence(),
                        answer.sources(),
                        Duration.ZERO,
                        turn.endedAt()));
            }
        }

        private void addStates(ComparedTurn result) {
            AgentStates after = result.states();
            states = after == null ? states : after;
        }
    }
}
