package io.turnlane.processor.system;

import io.turnlane.processor.intake.TurnPoller;
import java.time.Duration;
import java.time.InstantSource;

/** Checks if a poll thread is alive and has polled recently. Safe for use by multiple threads. */
record PollLiveness(TurnPoller poller, InstantSource clock) {

    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(45);

    boolean isAlive() {
        return !poller.hasFailed() && sinceLastPoll().compareTo(MAX_POLL_INTERVAL) <= 0;
    }

    Duration sinceLastPoll() {
        return Duration.between(poller.statistics().at(), clock.instant());
    }
}
