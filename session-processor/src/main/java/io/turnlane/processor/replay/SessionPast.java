package io.turnlane.processor.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session remembered, told from its commands and how they ended, in the log's order: a turn that completed is
 * remembered, a deletion forgets all, and so does a silence that is longer than the session's life. For one thread.
 */
final class SessionPast {

    private final Map<RequestId, Ask> asks = new LinkedHashMap<>();

    /** How a turn ended, and when. */
    record End(Outcome outcome, Instant at) {}

    /** @param lost turns that may have been remembered, but whose ends are unknown */
    record Told(List<PastTurn> turns, int lost) {}

    /** The next command of the session; a twin of an earlier one says nothing new. */
    void add(SessionCommand command) {
        switch (command) {
            case Ask ask -> asks.putIfAbsent(ask.requestId(), ask);
            case DeleteSession _ -> asks.clear();
            case RebuildSession _, UpdateSession _, ImportSession _, ForkSession _ -> {}
        }
    }

    List<Ask> asks() {
        return List.copyOf(asks.values());
    }

    /** What was remembered when a turn was asked at this time, if it followed all that were added. */
    Told before(Instant asked, Map<RequestId, End> ends, int most) {
        List<PastTurn> turns = new ArrayList<>();
        int lost = 0;
        Instant last = null;
        Duration life = Duration.ZERO;
        for (Ask ask : asks.values()) {
            if (last == null || silentFor(last, ask.createdAt(), life)) {
                turns.clear();
                lost = 0;
                life = ask.sessionTtl();
            }
            End end = ends.get(ask.requestId());
            last = end == null ? ask.createdAt() : end.at();
            if (end == null) {
                lost++;
            } else if (end.outcome().answer() != null) {
                turns.add(past(ask, end.outcome().answer(), end.at()));
            }
        }
        if (last != null && silentFor(last, asked, life)) {
            return new Told(List.of(), 0);
        }
        return new Told(turns.subList(Math.max(0, turns.size() - most), turns.size()), lost);
    }

    private static boolean silentFor(Instant last, Instant next, Duration life) {
        return Duration.between(last, next).compareTo(life) > 0;
    }

    private static PastTurn past(Ask ask, @Nullable Answer answer, Instant at) {
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                answer == null ? null : answer.text(),
                answer == null ? null : answer.confidence(),
                answer == null ? List.of() : answer.sources(),
                Duration.between(ask.createdAt(), at),
                at);
    }
}
