package io.turnlane.gateway.admission;

/** Placeholder until figures are there. */
public final class Overload {
    public void admit() {}
}
