package io.turnlane.gateway.guard.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rejects calls that fail authentication or authorisation. The response contains a problem document. With status 401 or
 * 403, the response also has the {@code WWW-Authenticate} header of RFC 6750. A wrong, an expired and a revoked key get
 * the same response.
 */
public record AccessProblems(JsonMapper json, MeterRegistry metrics)
        implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final List<String> REASONS = List.of("missing", "invalid", "scope", "unchecked");

    /** Registers the counters, so that a monitoring system sees the first rejection. */
    public static void register(MeterRegistry metrics) {
        REASONS.forEach(reason -> rejections(metrics, reason));
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        switch (failure) {
            case UnverifiableCredentialsException unverifiable ->
                reject(
                        request,
                        response,
                        "unchecked",
                        "",
                        new ProblemDetailException(ErrorCode.UNAVAILABLE, String.valueOf(unverifiable.getMessage())));
            case InsufficientAuthenticationException _ ->
                reject(request, response, "missing", Problem.CHALLENGE, unauthorized());
            default -> reject(request, response, "invalid", Problem.INVALID_CREDENTIALS, unauthorized());
        }
    }

    private static ProblemDetailException unauthorized() {
        return new ProblemDetailException(
                ErrorCode.UNAUTHORIZED, "No valid API key or token was sent. Send one as Authorization: Bearer.");
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        reject(
                request,
                response,
                "scope",
                Problem.CHALLENGE + ", error=\"insufficient_scope\"",
                new ProblemDetailException(
                        ErrorCode.FORBIDDEN, "Your API key or token lacks the scope that this call requires."));
    }

    private void reject(
            HttpServletRequest request,
            HttpServletResponse response,
            String reason,
            String challenge,
            ProblemDetailException rejection)
            throws IOException {
        rejections(metrics, reason).increment();
        if (!challenge.isEmpty()) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        }
        Problem.retryAfter(rejection.code()).ifPresent(after -> response.setHeader(HttpHeaders.RETRY_AFTER, after));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        Problem.write(rejection, request.getRequestURI(), new ServletServerHttpResponse(response), json);
    }

    private static Counter rejections(MeterRegistry metrics, String reason) {
        return Counter.builder("turnlane.refused.callers")
                .description("Calls rejected because of their credentials, by reason")
                .tag("why", reason)
                .register(metrics);
    }
}
