package io.turnlane.gateway.guard.origin;

import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Applies CORS to the API: allows pages of listed origins to call it and to read its responses. Credentials are never
 * allowed, because the API uses no cookies and receives keys in a header.
 *
 * <p>If an origin is not listed, the gateway rejects its preflights with 403. It still serves other calls of this
 * origin, but without CORS headers, so that the page cannot read the response. Rejecting these calls could affect the
 * gateway's own page: behind a proxy that terminates TLS, this page appears to have a different origin.
 */
public final class ApiCorsProcessor extends DefaultCorsProcessor {

    /**
     * Paths that pages of other origins must not call. These calls return data of other users or of the installation,
     * or act for other users.
     */
    private static final List<String> INTERNAL = List.of("/v1/quarantine/**", "/v1/quarantine", "/v1/ops/**");

    /** Paths of the API and of the script modules that use it. */
    private static final List<String> PUBLIC =
            List.of("/v1/**", "/ask", "/ask-stream", "/js/turnlane-client.js", "/js/turnlane-socket.js");

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    /** Request headers that pages may send: headers that the API reads, and headers of tracing libraries. */
    private static final List<String> REQUEST_HEADERS = List.of(
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "Prefer",
            "If-None-Match",
            "traceparent",
            "tracestate");

    /**
     * Response headers that pages of other origins may read. Browsers hide all other response headers of the API from
     * them.
     */
    private static final List<String> RESPONSE_HEADERS = List.of(
            "Location",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotency-Replayed",
            "Preference-Applied",
            "X-Request-Id",
            "WWW-Authenticate",
            "Content-Disposition",
            "Allow",
            "ETag");

    /** Request headers on which the response depends, for caches. */
    private static final List<String> VARY = List.of(
            HttpHeaders.ORIGIN, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);

    /**
     * Time for which a browser may cache the response to a preflight. If an operator removes an origin from the list,
     * its pages can therefore continue to call the gateway for up to this time.
     */
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private final JsonMapper json;
    private final UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();

    public ApiCorsProcessor(AllowedOrigins origins, JsonMapper json) {
        this.json = json;
        CorsConfiguration none = new CorsConfiguration();
        CorsConfiguration listed = of(origins);
        // The first matching path applies.
        INTERNAL.forEach(path -> paths.registerCorsConfiguration(path, none));
        PUBLIC.forEach(path -> paths.registerCorsConfiguration(path, listed));
        paths.registerCorsConfiguration("/**", none);
    }

    /**
     * Adds the CORS headers to the response. Must run before authentication, because a preflight carries no
     * credentials.
     *
     * @return true if the call may continue; false if it is a preflight, whose response is then complete, or if its
     *     response is a problem
     */
    public boolean admits(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getHeader(HttpHeaders.ORIGIN) == null) {
            VARY.forEach(header -> response.addHeader(HttpHeaders.VARY, header));
            return true;
        }
        return processRequest(paths.getCorsConfiguration(request), request, response)
                && !CorsUtils.isPreFlightRequest(request);
    }

    private static CorsConfiguration of(AllowedOrigins origins) {
        CorsConfiguration listed = new CorsConfiguration();
        listed.setAllowedOrigins(origins.listed());
        listed.setAllowedMethods(METHODS);
        listed.setAllowedHeaders(REQUEST_HEADERS);
        listed.setExposedHeaders(RESPONSE_HEADERS);
        listed.setAllowCredentials(false);
        listed.setMaxAge(MAX_AGE);
        return listed;
    }

    @Override
    protected boolean handleInternal(
            ServerHttpRequest request, ServerHttpResponse response, CorsConfiguration config, boolean preFlight)
            throws IOException {
        boolean unknown = config.checkOrigin(request.getHeaders().getOrigin()) == null;
        return (unknown && !preFlight) || super.handleInternal(request, response, config, preFlight);
    }

    @Override
    protected void rejectRequest(ServerHttpResponse response) throws IOException {
        Problem.write(
                new ProblemDetailException(
                        ErrorCode.FORBIDDEN, "Pages of this origin may not call this path, or not with these headers."),
                null, // the path is not available here, and no page may read it
                response,
                json);
    }
}
