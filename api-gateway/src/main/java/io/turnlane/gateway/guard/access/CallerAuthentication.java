package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.CallerPrincipal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** Authentication of a caller for the duration of a call. Its authorities are the names of the scopes. */
final class CallerAuthentication extends AbstractAuthenticationToken implements CallerPrincipal {

    private final transient Caller caller;

    CallerAuthentication(Caller caller) {
        super(caller.scopes().stream()
                .map(scope -> new SimpleGrantedAuthority(scope.wire()))
                .toList());
        this.caller = caller;
        super.setAuthenticated(true);
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public Object getPrincipal() {
        return caller;
    }

    @Override
    public String getName() {
        return Objects.requireNonNullElse(caller.userId(), "");
    }

    /** Returns an empty text, because the credentials are not kept after the check. */
    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallerAuthentication same && caller.equals(same.caller);
    }

    @Override
    public int hashCode() {
        return caller.hashCode();
    }
}
