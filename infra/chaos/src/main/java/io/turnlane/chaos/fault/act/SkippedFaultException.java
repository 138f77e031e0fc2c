package io.turnlane.chaos.fault.act;

/** Thrown if this machine does not allow a fault. The message contains the reason. */
public final class SkippedFaultException extends Exception {

    private static final long serialVersionUID = 1;

    SkippedFaultException(String reason) {
        super(reason);
    }
}
