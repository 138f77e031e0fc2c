package io.turnlane.gateway.cancel;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;

/** Tells whoever owns a turn that it isn't wanted any more. */
@FunctionalInterface
interface WakeUpPublisher {

    /** Returns whether the log has it. */
    boolean publish(SessionKey session, WakeUp wakeUp);
}
