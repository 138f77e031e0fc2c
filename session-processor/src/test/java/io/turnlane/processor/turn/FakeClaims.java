package io.turnlane.processor.turn;

/** Claims for tests outside of this package. */
public final class FakeClaims {

    private FakeClaims() {}

    /** A claim under this lease. */
    public static Turn.Claim of(Object lease) {
        FakeClaim claim = new FakeClaim();
        claim.lease = lease;
        return claim;
    }
}
