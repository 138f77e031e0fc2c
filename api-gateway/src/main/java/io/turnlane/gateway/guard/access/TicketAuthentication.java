package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import java.util.Objects;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;

/** Authenticates callers by a ticket. Each ticket is valid for one call only. */
public record TicketAuthentication(Tickets tickets, CredentialValidity standing) implements AuthenticationProvider {

    @Override
    public Authentication authenticate(Authentication presented) {
        String text = String.valueOf(Objects.requireNonNull(presented.getCredentials()));
        Caller caller = redeem(text);
        if (!standing.isValid(caller)) {
            throw new BadCredentialsException("the credentials that the ticket was issued for are no longer valid");
        }
        return new CallerAuthentication(caller);
    }

    private Caller redeem(String text) {
        try {
            return tickets.redeem(text)
                    .orElseThrow(() -> new BadCredentialsException("unknown, used or expired ticket"));
        } catch (DataAccessException away) {
            throw new UnverifiableCredentialsException("Tickets cannot be checked at the moment. Retry shortly.", away);
        }
    }

    @Override
    public boolean supports(Class<?> presented) {
        return presented == PresentedCredential.PresentedTicket.class;
    }
}
