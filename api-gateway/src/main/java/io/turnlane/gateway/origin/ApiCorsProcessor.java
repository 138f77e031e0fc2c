package io.turnlane.gateway.origin;

import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells browsers which pages of other origins may call the API and read what it says, by Spring's rules of CORS.
 * Credentials are never allowed: there are no cookies, and a key is sent as a header.
 *
 * <p>A preflight that is refused is a 403. A call itself goes on without our headers, so that its page can't read the
 * answer: behind a proxy that ends TLS our own page, too, looks as if it came from elsewhere, and must not be refused.
 */
public final class ApiCorsProcessor extends DefaultCorsProcessor {

    /** What tells of others, of this installation's insides, or acts for others: for no page of elsewhere. */
    private static final List<String> OURS = List.of("/v1/quarantine/**", "/v1/quarantine");

    /** The API and the modules that speak it. */
    private static final List<String> SHARED =
            List.of("/v1/**", "/ask", "/ask-stream", "/js/turnlane-client.js", "/js/turnlane-socket.js");

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    /** What the API reads, and what tracing in a page adds. */
    private static final List<String> READ = List.of(
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "Prefer",
            "If-None-Match",
            "traceparent",
            "tracestate");

    /** What the API says in headers that a page can't see otherwise. */
    private static final List<String> SAID = List.of(
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

    /** So long a browser needs not ask again; a page that isn't allowed any more may go on for as long. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final JsonMapper json;

    private ApiCorsProcessor(JsonMapper json) {
        this.json = json;
    }

    /** A filter that belongs before the one that asks who calls: a preflight carries no credentials. */
    public static CorsFilter filter(AllowedOrigins origins, JsonMapper json) {
        CorsConfiguration nobody = new CorsConfiguration();
        CorsConfiguration listed = of(origins);
        UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
        // The first that matches counts.
        OURS.forEach(path -> paths.registerCorsConfiguration(path, nobody));
        SHARED.forEach(path -> paths.registerCorsConfiguration(path, listed));
        paths.registerCorsConfiguration("/**", nobody);
        CorsFilter filter = new CorsFilter(paths);
        filter.setCorsProcessor(new ApiCorsProcessor(json));
        return filter;
    }

    private static CorsConfiguration of(AllowedOrigins origins) {
        CorsConfiguration listed = new CorsConfiguration();
        listed.setAllowedOrigins(origins.listed());
        listed.setAllowedMethods(METHODS);
        listed.setAllowedHeaders(READ);
        listed.setExposedHeaders(SAID);
        listed.setAllowCredentials(false);
        listed.setMaxAge(REMEMBERED);
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
                        ErrorCode.FORBIDDEN, "pages of this origin may not call this, or not with these headers"),
                null, // Spring doesn't say here what was called, and no page may read it
                response,
                json);
    }
}
