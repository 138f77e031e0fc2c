package io.turnlane.chaos.fault.act;

/** Thrown if this machine does not allow a fault. The message contains the reason. */
public final class SkippedFaultException extends Exception {

    SkippedFaultException(String reason) {
        super(reason);
    }
}
