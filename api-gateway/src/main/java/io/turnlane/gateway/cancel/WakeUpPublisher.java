package io.turnlane.gateway.cancel;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;

/** Notifies the processor that owns a turn that the turn was cancelled. */
@FunctionalInterface
interface WakeUpPublisher {

    /** Publishes a wake-up and waits for the acknowledgement. Returns false if Kafka did not acknowledge it. */
    boolean publish(SessionKey session, WakeUp wakeUp);
}
