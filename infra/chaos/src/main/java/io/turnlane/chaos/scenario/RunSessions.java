package io.turnlane.chaos.scenario;

import io.turnlane.chaos.load.RunClock;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of one run. Their names begin with the tag of the run, so records and agent calls of other runs on the same
 * rig can be recognised. Another run can leave such records and calls behind, for example if it was aborted.
 *
 * @param tag prefix of the names of the run's sessions, without the hyphen that follows
 * @param allTags tags of all runs on the rig
 */
record RunSessions(String tag, Set<String> allTags) {

    /** Creates the sessions of a run, and adds its tag to the tags of the rig. */
    static RunSessions of(Scenario scenario, RunClock clock, Set<String> allTags) {
        String tag = scenario.name().toLowerCase(Locale.ROOT) + Long.toString(clock.originEpochMicros() / 1000, 36);
        allTags.add(tag);
        return new RunSessions(tag, allTags);
    }

    /** Returns true if the session belongs to another run on the rig. */
    boolean isForeign(@Nullable String session) {
        return session != null
                && !session.startsWith(tag + "-")
                && allTags.stream().anyMatch(other -> session.startsWith(other + "-"));
    }
}
