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
 * Lets in who calls this machine by a name that only this machine has. Where nobody is asked who they are, being here
 * is what lets a caller in; and a page from anywhere is here too, once its own host name resolves to 127.0.0.1 (DNS
 * rebinding): its browser then takes this gateway for the page's own server. The name that it asked for tells.
 */
final class LoopbackHostFilter extends OncePerRequestFilter {

    /** RFC 6761 keeps localhost and all names below it for the loopback address; a port may follow. */
    private static final Pattern HERE = Pattern.compile(
            "(?:(?:[a-z0-9_-]+\\.)*localhost\\.?|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);

    private final JsonMapper json;

    LoopbackHostFilter(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // The header itself: a page may send X-Forwarded-Host, but never this.
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null || isLoopback(host)) { // a browser sends it always
            chain.doFilter(request, response);
        } else {
            refuse(request, response);
        }
    }

    static boolean isLoopback(String host) {
        return HERE.matcher(host).matches();
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemDetailException refusal = new ProblemDetailException(
                ErrorCode.FORBIDDEN,
                "without authentication this is served as localhost or a loopback address only; behind a proxy that "
                        + "authenticates set turnlane.security.let-in-anybody-who-reaches-this-gateway");
        response.setStatus(refusal.code().httpStatus());
        response.setContentType("application/problem+json");
        response.getOutputStream().write(json.writeValueAsBytes(Problem.of(refusal, request.getRequestURI())));
    }
}
