package io.turnlane.gateway.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells who isn't let in, as a problem like any other, with the challenge of RFC 6750. A key that is wrong, expired or
 * revoked has one and the same answer.
 */
public final class AccessProblems implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final String REALM = "Bearer realm=\"turnlane\"";

    private final JsonMapper json;
    private final MeterRegistry metrics;

    public AccessProblems(JsonMapper json, MeterRegistry metrics) {
        this.json = json;
        this.metrics = metrics;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        switch (why) {
            case UnverifiableCredentialsException unchecked ->
                refuse(
                        request,
                        response,
                        "unchecked",
                        "",
                        new ProblemDetailException(ErrorCode.UNAVAILABLE, String.valueOf(unchecked.getMessage())));
            case InsufficientAuthenticationException _ -> refuse(request, response, "missing", REALM, unauthorized());
            default -> refuse(request, response, "invalid", REALM + ", error=\"invalid_token\"", unauthorized());
        }
    }

    private static ProblemDetailException unauthorized() {
        return new ProblemDetailException(ErrorCode.UNAUTHORIZED, "send a valid key or token as Authorization: Bearer");
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        refuse(
                request,
                response,
                "scope",
                REALM + ", error=\"insufficient_scope\"",
                new ProblemDetailException(ErrorCode.FORBIDDEN, "your key or token has not the scope that this needs"));
    }

    private void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            String why,
            String challenge,
            ProblemDetailException refusal)
            throws IOException {
        Counter.builder("turnlane.refused.callers")
                .description("Calls that were not let in, by what was wrong with their credentials")
                .tag("why", why)
                .register(metrics)
                .increment();
        response.setStatus(refusal.code().httpStatus());
        if (!challenge.isEmpty()) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        }
        Problem.retryAfter(refusal.code()).ifPresent(after -> response.setHeader(HttpHeaders.RETRY_AFTER, after));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentType("application/problem+json");
        response.getOutputStream().write(json.writeValueAsBytes(Problem.of(refusal, request.getRequestURI())));
    }
}
