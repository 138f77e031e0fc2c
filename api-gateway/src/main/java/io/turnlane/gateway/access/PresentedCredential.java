package io.turnlane.gateway.access;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A credential as a caller presented it, not yet checked. */
abstract sealed class PresentedCredential extends AbstractAuthenticationToken {

    private static final long serialVersionUID = 1L;

    private final String text;

    private PresentedCredential(String text) {
        super(List.of());
        this.text = text;
    }

    /** An API key. */
    static final class PresentedKey extends PresentedCredential {
        private static final long serialVersionUID = 1L;

        PresentedKey(String text) {
            super(text);
        }
    }

    /** A ticket for one WebSocket. */
    static final class PresentedTicket extends PresentedCredential {
        private static final long serialVersionUID = 1L;

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

    /** Never the credential. */
    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
