package io.turnlane.gateway.access;

import io.turnlane.gateway.caller.Caller;
import java.util.Objects;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;

/** Lets in who has a ticket, once. */
public final class TicketAuthentication implements AuthenticationProvider {

    private final RedisTickets tickets;
    private final CredentialValidity standing;

    public TicketAuthentication(RedisTickets tickets, CredentialValidity standing) {
        this.tickets = tickets;
        this.standing = standing;
    }

    @Override
    public Authentication authenticate(Authentication presented) {
        String text = String.valueOf(Objects.requireNonNull(presented.getCredentials()));
        Caller caller = redeem(text);
        if (!standing.isValid(caller)) {
            throw new BadCredentialsException("what the ticket was given for stands no more");
        }
        return new CallerAuthentication(caller);
    }

    private Caller redeem(String text) {
        try {
            return tickets.redeem(text).orElseThrow(() -> new BadCredentialsException("no such ticket"));
        } catch (DataAccessException away) {
            throw new UnverifiableCredentialsException("memory is away at the moment", away);
        }
    }

    @Override
    public boolean supports(Class<?> presented) {
        return presented == PresentedCredential.PresentedTicket.class;
    }
}
