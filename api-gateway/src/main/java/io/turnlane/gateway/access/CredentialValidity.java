package io.turnlane.gateway.access;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.keys.KeyRing;
import java.time.Instant;
import java.time.InstantSource;

/** Whether what once let a caller in still would: its key isn't revoked and its time isn't over. */
public final class CredentialValidity {

    private final KeyRing keys;
    private final InstantSource clock;

    public CredentialValidity(KeyRing keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Asked of every open connection, each second. */
    public boolean isValid(Caller caller) {
        Instant until = caller.expiresAt();
        String key = caller.keyId();
        return (until == null || clock.instant().isBefore(until)) && (key == null || keys.isValid(key));
    }
}
