package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.keys.KeyRing;
import io.turnlane.model.ApiKey;
import java.util.Map;
import java.util.Objects;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;

/** Authenticates callers by a valid API key. */
public record KeyAuthentication(KeyRing keys) implements AuthenticationProvider {

    @Override
    public Authentication authenticate(Authentication presented) {
        if (!keys.isLoaded()) {
            throw new UnverifiableCredentialsException("This gateway has not read the API keys yet. Retry shortly.");
        }
        String text = String.valueOf(Objects.requireNonNull(presented.getCredentials()));
        ApiKey key =
                keys.find(text).orElseThrow(() -> new BadCredentialsException("unknown, expired or revoked API key"));
        return new CallerAuthentication(new Caller(key.userId(), key.scopes(), key.id(), key.expiresAt(), Map.of()));
    }

    @Override
    public boolean supports(Class<?> presented) {
        return presented == PresentedCredential.PresentedKey.class;
    }
}
