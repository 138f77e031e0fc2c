package io.turnlane.gateway.access;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
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
 * Lets in who has a token of the issuer for this audience: {@code sub} is the user, {@code scope} names scopes (RFC
 * 9068), of which those that aren't ours are ignored.
 */
public final class JwtAuthentication implements AuthenticationProvider, Converter<Jwt, AbstractAuthenticationToken> {

    private static final int LONGEST_USER = 255;

    private final JwtAuthenticationProvider jwt;
    private final Duration skew;

    /**
     * @param decoder checks signature, issuer, audience and times
     * @param skew how much later than it says the decoder still takes a token: what it opened ends then, not before
     */
    public JwtAuthentication(JwtDecoder decoder, Duration skew) {
        this.skew = skew;
        this.jwt = new JwtAuthenticationProvider(decoder);
        this.jwt.setJwtAuthenticationConverter(this);
    }

    /** How a bearer is presented. */
    public static Authentication present(String bearer) {
        return new BearerTokenAuthenticationToken(bearer);
    }

    @Override
    public Authentication authenticate(Authentication presented) {
        try {
            return jwt.authenticate(presented);
        } catch (AuthenticationServiceException | JwtDecoderInitializationException e) {
            throw new UnverifiableCredentialsException("the issuer of tokens is away at the moment", e);
        }
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        String user = token.getSubject();
        Instant end = token.getExpiresAt();
        if (user == null || user.isBlank() || user.length() > LONGEST_USER || end == null) {
            throw new InvalidBearerTokenException("a token names its user and its end");
        }
        return new CallerAuthentication(new Caller(user, scopes(token), null, end.plus(skew)));
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
