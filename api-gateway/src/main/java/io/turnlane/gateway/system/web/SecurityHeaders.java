package io.turnlane.gateway.system.web;

import io.turnlane.gateway.system.web.CallFilter.CallCheck;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Sets the security headers of all responses. The content security policy allows only resources that the pages need,
 * and only from this gateway.
 */
final class SecurityHeaders implements CallCheck {

    private static final String PAGES =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                    + "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'";

    /** Policy of the API documentation. Swagger UI needs inline styles and images from data URLs. */
    private static final String DOCS = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";

    @Override
    public boolean admits(HttpServletRequest request, HttpServletResponse response) {
        String path = request.getRequestURI();
        boolean docs = path.equals("/docs") || path.startsWith("/swagger-ui");
        response.setHeader("Content-Security-Policy", docs ? DOCS : PAGES);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        return true;
    }
}
