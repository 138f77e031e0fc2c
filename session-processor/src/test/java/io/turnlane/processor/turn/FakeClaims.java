package io.turnlane.processor.turn;

/** Creates claims for tests in other packages. */
public final class FakeClaims {

    private FakeClaims() {}

    /** Returns a claim of the given assignment. */
    public static Turn.Claim of(Object assignmentKey) {
        FakeClaim claim = new FakeClaim();
        claim.lease = assignmentKey;
        return claim;
    }
}
