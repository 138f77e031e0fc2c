package io.turnlane.gateway.cancel;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;

/** Tells whoever owns a turn that it isn't wanted any more. */
@FunctionalInterface
interface WakeUps {

    /** Returns whether the log has it. */
    boolean tell(SessionKey session, WakeUp wakeUp);
}
