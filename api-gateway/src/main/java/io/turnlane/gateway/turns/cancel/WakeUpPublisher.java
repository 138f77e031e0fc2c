package io.turnlane.gateway.turns.cancel;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;

/** Publishes wake-ups, which notify the owner of a turn (the processor that runs it) that the turn was cancelled. */
@FunctionalInterface
interface WakeUpPublisher {

    /** Publishes a wake-up and waits for the acknowledgement. Returns false if Kafka did not acknowledge it. */
    boolean publish(SessionKey session, WakeUp wakeUp);
}
