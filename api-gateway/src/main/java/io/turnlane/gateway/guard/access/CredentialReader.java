package io.turnlane.gateway.guard.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Reads the credentials of a call: {@code Authorization: Bearer …} (RFC 6750). Credentials in query parameters are not
 * supported, because URLs are written to logs. A WebSocket can instead carry a ticket as its second subprotocol,
 * {@code ticket.<ticket>}, because a web page cannot set the headers of a WebSocket.
 */
public final class CredentialReader implements AuthenticationConverter {

    private static final String SCHEME = "bearer ";
    private static final String TICKET = "ticket.";
    private static final String PROTOCOLS = "Sec-WebSocket-Protocol";

    private final String socketPath;
    private final Function<String, Authentication> bearer;

    private CredentialReader(String socketPath, Function<String, Authentication> bearer) {
        this.socketPath = socketPath;
        this.bearer = bearer;
    }

    /** Returns a reader that treats bearer credentials as API keys. */
    public static CredentialReader ofKeys(String socketPath) {
        return new CredentialReader(socketPath, PresentedCredential.PresentedKey::new);
    }

    /**
     * Returns a reader that accepts bearer credentials of any kind.
     *
     * @param bearer converts the text after {@code Bearer} to unchecked credentials
     */
    public static CredentialReader of(String socketPath, Function<String, Authentication> bearer) {
        return new CredentialReader(socketPath, bearer);
    }

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
        if (headers.isEmpty()) {
            return request.getRequestURI().equals(socketPath) ? ticket(request) : null;
        }
        String header = headers.getFirst();
        boolean isBearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        if (headers.size() > 1 || !isBearer || header.length() == SCHEME.length()) {
            throw new BadCredentialsException("expected exactly one Authorization header with scheme Bearer");
        }
        return bearer.apply(header.substring(SCHEME.length()).strip());
    }

    private static @Nullable Authentication ticket(HttpServletRequest request) {
        return Collections.list(request.getHeaders(PROTOCOLS)).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(protocol -> protocol.startsWith(TICKET))
                .findFirst()
                .map(protocol -> new PresentedCredential.PresentedTicket(protocol.substring(TICKET.length())))
                .orElse(null);
    }
}
