package io.turnlane.gateway.guard.access;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** Credentials that a caller sent and that are not checked yet. */
abstract sealed class PresentedCredential extends AbstractAuthenticationToken {

    private final String text;

    private PresentedCredential(String text) {
        super(List.of());
        this.text = text;
    }

    static final class PresentedKey extends PresentedCredential {
        PresentedKey(String text) {
            super(text);
        }
    }

    /** Ticket for one WebSocket. */
    static final class PresentedTicket extends PresentedCredential {
        PresentedTicket(String text) {
            super(text);
        }
    }

    @Override
    public String getCredentials() {
        return text;
    }

    @Override
    public Object getPrincipal() {
        return "";
    }

    /** Returns the type only, never the credentials. */
    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
