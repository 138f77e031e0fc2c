package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.keys.KeyRing;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** Checks that the credentials of a caller are still valid: not revoked and not expired. */
@Component
public record CredentialValidity(KeyRing keys, InstantSource clock) {

    /**
     * Returns true if the credentials of this caller are still valid. Called for every open connection twice a second.
     */
    public boolean isValid(Caller caller) {
        Instant expiresAt = caller.expiresAt();
        String keyId = caller.keyId();
        return (expiresAt == null || clock.instant().isBefore(expiresAt)) && (keyId == null || keys.isValid(keyId));
    }
}
