package io.turnlane.processor.replay;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.processor.replay.TurnRerun.Rerun;
import io.turnlane.processor.replay.compare.Differences;
import io.turnlane.processor.replay.compare.TurnComparer;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.util.Objects;

/** Runs one recorded turn again with the candidate, and with the baseline if wanted, and compares. Thread-safe. */
record TurnTrial(TurnRerun rerun, TurnComparer comparer, ReplayOptions options, ReplayResults results) {

    /** @param recorded turn with a recorded outcome */
    ComparedTurn run(RecordedTurn recorded) throws InterruptedException {
        Ask ask = recorded.ask();
        TurnOutcome reference = Objects.requireNonNull(recorded.outcome(), "outcome");
        String candidate = Objects.requireNonNullElse(options.candidate(), ask.agent());
        RecordedTurn withMemory =
                options.chained() ? new ChainedMemory(results, rerun.maxTurns()).apply(recorded) : recorded;
        Rerun baseline = options.baseline() ? runAgain(recorded, ask.agent()) : null;
        Rerun replay = runAgain(withMemory, candidate);
        Differences differences = comparer.compare(reference, replay.outcome());
        return new ComparedTurn(
                ask.requestId(),
                ask.sessionId(),
                ask.userId(),
                ask.agent(),
                candidate,
                ask.createdAt(),
                recorded.partition(),
                recorded.offset(),
                ask.question(),
                withMemory.history().size(),
                recorded.missingTurns(),
                reference,
                baseline == null ? null : baseline.outcome(),
                replay.outcome(),
                differences,
                baseline == null ? null : comparer.compare(reference, baseline.outcome()),
                options.chained() ? replay.states() : null);
    }

    /** A defect that prevents the run of one turn must not end the replay of the others. */
    private Rerun runAgain(RecordedTurn turn, String agent) {
        try {
            return rerun.run(turn, agent);
        } catch (IllegalStateException e) {
            TurnError error = TurnError.of(ErrorCode.INTERNAL_ERROR, String.valueOf(e.getMessage()));
            return new Rerun(new TurnOutcome(null, error), turn.states());
        }
    }
}
