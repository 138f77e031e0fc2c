package io.turnlane.processor.system;

import io.turnlane.model.address.LoopbackHost;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Rejects calls of web pages to the management port, which has no authentication. A web page in a browser on this
 * machine can reach a loopback address. The browser does not let the page read the responses. Without this filter, the
 * page could nevertheless make calls that change something.
 */
final class ManagementGuardFilter extends OncePerRequestFilter {

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final boolean onLoopback;

    /**
     * @param onLoopback true if only this machine can reach the port. The filter then rejects requests whose
     *     {@code Host} header does not name this machine, because only web pages send them
     */
    ManagementGuardFilter(boolean onLoopback) {
        this.onLoopback = onLoopback;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String host = request.getHeader(HttpHeaders.HOST);
        if (onLoopback && host != null && !LoopbackHost.matches(host)) { // every browser sends a Host header
            reject(response, 403, "forbidden", "This port serves only localhost and loopback addresses.");
        } else if (SAFE_METHODS.contains(request.getMethod())) {
            chain.doFilter(request, response);
        } else if (request.getHeader(HttpHeaders.ORIGIN) != null) { // every browser sends an Origin with these methods
            reject(response, 403, "forbidden", "Web pages may not change anything here.");
        } else if (!isJson(request.getContentType())) { // a page can send JSON only if a preflight allows it
            reject(response, 415, "unsupported_media_type", "Send Content-Type: application/json.");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return contentType != null
                    && MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(contentType));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static void reject(HttpServletResponse response, int status, String code, String detail)
            throws IOException {
        String problem = "{\"type\":\"urn:turnlane:problem:%s\",\"status\":%s,\"detail\":\"%s\",\"code\":\"%s\"}"
                .formatted(code, status, detail, code);
        response.setStatus(status);
        response.setContentType("application/problem+json");
        response.getOutputStream().write(problem.getBytes(StandardCharsets.US_ASCII));
    }
}
