package io.turnlane.standalone.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.compare.Differences;
import io.turnlane.processor.replay.compare.TurnComparer;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Results of turns for tests. Texts that differ have the similarity that the test sets. */
final class ComparedTurns {

    private ComparedTurns() {}

    static TurnOutcome answer(String text, long latencyMs) {
        return new TurnOutcome(Answer.ofText(text), null, Usage.NONE, List.of(), latencyMs);
    }

    static TurnOutcome error(ErrorCode code) {
        return new TurnOutcome(null, TurnError.of(code, "failed"));
    }

    static ComparedTurn turn(int number, TurnOutcome recorded, TurnOutcome replayed, double similarity) {
        return turn(number, recorded, null, replayed, similarity);
    }

    static ComparedTurn turn(
            int number, TurnOutcome recorded, TurnOutcome baseline, TurnOutcome replayed, double similarity) {
        return new ComparedTurn(
                new RequestId(new UUID(0, number)),
                new SessionId("s-" + number % 10),
                null,
                "shop",
                "shop-v2",
                Instant.parse("2026-11-30T06:00:00Z"),
                0,
                number,
                "question " + number,
                2,
                0,
                recorded,
                baseline,
                replayed,
                compare(recorded, replayed, similarity),
                baseline == null ? null : compare(recorded, baseline, similarity),
                null);
    }

    private static Differences compare(TurnOutcome reference, TurnOutcome replay, double similarity) {
        try {
            return new TurnComparer((_, _) -> similarity).compare(reference, replay);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
