package io.turnlane.standalone.replay;

import io.turnlane.model.RequestStatus;
import io.turnlane.processor.replay.ReplayOptions;
import io.turnlane.processor.replay.TurnSelection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Description of a replay, as its folder stores it. A replay that was interrupted is resumed with the same description.
 *
 * @param began time at which the replay began
 * @param as name of the candidate; null for the recorded agent of each turn
 * @param sample share of the turns, from 0 (exclusive) to 1
 * @param agents paths of jars, folders and projects with agents
 * @param definitions paths of files with definitions of agents
 * @param failIf gates
 */
record ReplayRun(
        Instant began,
        Instant from,
        Instant to,
        @Nullable String session,
        @Nullable String user,
        @Nullable String agent,
        @Nullable RequestStatus status,
        double sample,
        @Nullable String as,
        boolean baseline,
        boolean chained,
        Duration history,
        List<String> agents,
        List<String> definitions,
        List<String> failIf) {

    ReplayRun {
        agents = List.copyOf(agents);
        definitions = List.copyOf(definitions);
        failIf = List.copyOf(failIf);
    }

    /** Returns the same replay with other gates. */
    ReplayRun withGates(List<String> gates) {
        return new ReplayRun(
                began,
                from,
                to,
                session,
                user,
                agent,
                status,
                sample,
                as,
                baseline,
                chained,
                history,
                agents,
                definitions,
                gates);
    }

    ReplayOptions options(double perSecond, int parallel) {
        TurnSelection selection = new TurnSelection(from, to, session, user, agent, status, sample, chained);
        return new ReplayOptions(selection, as, baseline, chained, history, perSecond, parallel);
    }
}
