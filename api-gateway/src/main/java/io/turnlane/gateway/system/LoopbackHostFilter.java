package io.turnlane.gateway.system;

import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rejects calls whose {@code Host} header names another host than this machine. Without authentication, the only
 * protection is that callers must run on this machine. A web page from anywhere meets that condition if its own host
 * name resolves to 127.0.0.1 (DNS rebinding): its browser then treats this gateway as the page's own server. The host
 * name in the request reveals such a page.
 */
final class LoopbackHostFilter extends OncePerRequestFilter {

    /**
     * Names of this machine, with an optional port. RFC 6761 reserves localhost and all names below it for loopback.
     */
    private static final Pattern LOOPBACK = Pattern.compile(
            "(?:(?:[a-z0-9_-]+\\.)*localhost\\.?|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);

    private final JsonMapper json;

    LoopbackHostFilter(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // Reads the header itself: a page can send X-Forwarded-Host, but not Host.
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null || isLoopback(host)) { // every browser sends a Host header
            chain.doFilter(request, response);
        } else {
            reject(request, response);
        }
    }

    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private void reject(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemDetailException rejection = new ProblemDetailException(
                ErrorCode.FORBIDDEN,
                "Without authentication, this gateway serves only localhost and loopback addresses. Behind a proxy "
                        + "that authenticates callers, set "
                        + "turnlane.security.let-in-anybody-who-reaches-this-gateway to true.");
        response.setStatus(rejection.code().httpStatus());
        response.setContentType("application/problem+json");
        response.getOutputStream().write(json.writeValueAsBytes(Problem.of(rejection, request.getRequestURI())));
    }
}
