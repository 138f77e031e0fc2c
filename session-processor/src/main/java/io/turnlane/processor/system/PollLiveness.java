package io.turnlane.processor.system;

import io.turnlane.processor.intake.TurnPoller;
import java.time.Duration;
import java.time.InstantSource;

/** Whether a poll thread comes round: it neither died nor stands. Any thread may ask. */
record PollLiveness(TurnPoller poller, InstantSource clock) {

    private static final Duration LONGEST_ROUND = Duration.ofSeconds(45);

    boolean isAlive() {
        return !poller.hasFailed() && sinceLastPoll().compareTo(LONGEST_ROUND) <= 0;
    }

    /** Since it last came round. */
    Duration sinceLastPoll() {
        return Duration.between(poller.statistics().at(), clock.instant());
    }
}
