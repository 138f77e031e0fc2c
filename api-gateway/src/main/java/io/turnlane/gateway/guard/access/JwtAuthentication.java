package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.model.Scope;
import io.turnlane.model.json.JsonLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;

/**
 * Authenticates callers by a JWT of the configured issuer. The token's {@code sub} is the user id, and its
 * {@code scope} lists the user's scopes (RFC 9068). Unknown scopes are ignored.
 */
public final class JwtAuthentication implements AuthenticationProvider, Converter<Jwt, AbstractAuthenticationToken> {

    private static final int LONGEST_USER = 255;
    private static final int LONGEST_CLAIM = 255;

    private final JwtAuthenticationProvider jwt;
    private final Duration skew;

    /**
     * @param decoder checks signature, issuer, audience and times of a token
     * @param skew time after the expiry of a token during which the decoder still accepts it and its connections stay
     *     open
     */
    public JwtAuthentication(JwtDecoder decoder, Duration skew) {
        this.skew = skew;
        this.jwt = new JwtAuthenticationProvider(decoder);
        this.jwt.setJwtAuthenticationConverter(this);
    }

    /** Wraps a bearer token that is not checked yet. */
    public static Authentication present(String bearer) {
        return new BearerTokenAuthenticationToken(bearer);
    }

    @Override
    public Authentication authenticate(Authentication presented) {
        try {
            return jwt.authenticate(presented);
        } catch (AuthenticationServiceException | JwtDecoderInitializationException e) {
            throw new UnverifiableCredentialsException(
                    "Tokens cannot be checked, because the issuer is unavailable. Retry later.", e);
        }
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        String user = token.getSubject();
        Instant end = token.getExpiresAt();
        if (user == null
                || user.isBlank()
                || user.length() > LONGEST_USER
                || !JsonLimits.isWellFormed(user)
                || end == null) {
            throw new InvalidBearerTokenException(
                    "a token must have sub, of at most " + LONGEST_USER + " characters of valid Unicode, and exp");
        }
        return new CallerAuthentication(new Caller(user, scopes(token), null, end.plus(skew), claims(token)));
    }

    /** Returns the claims that can choose a target of a route. */
    private static Map<String, String> claims(Jwt token) {
        Map<String, String> claims = new HashMap<>();
        token.getClaims().forEach((name, value) -> {
            if (value instanceof String text && text.length() <= LONGEST_CLAIM) {
                claims.put(name, text);
            }
        });
        return claims;
    }

    private static Set<Scope> scopes(Jwt token) {
        Object claim = token.getClaims().get("scope");
        Stream<?> words = claim instanceof Collection<?> list
                ? list.stream()
                : Arrays.stream(String.valueOf(claim).split(" "));
        return words.map(String::valueOf)
                .flatMap(word -> Scope.find(word).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean supports(Class<?> presented) {
        return BearerTokenAuthenticationToken.class.isAssignableFrom(presented);
    }
}
