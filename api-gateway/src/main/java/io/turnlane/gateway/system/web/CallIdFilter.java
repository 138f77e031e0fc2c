package io.turnlane.gateway.system.web;

import com.fasterxml.uuid.NoArgGenerator;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Adds an {@code X-Request-Id} header to every response. Controllers that ask a question replace the generated id with
 * the turn's request id. An id that the client sends is ignored, so that the log contains only ids that a gateway
 * generated.
 */
final class CallIdFilter extends OncePerRequestFilter {

    /** MDC key of the call's id in log records. */
    private static final String CALL_ID = "call_id";

    private final NoArgGenerator ids;

    CallIdFilter(NoArgGenerator ids) {
        this.ids = ids;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String id = ids.generate().toString();
        response.setHeader("X-Request-Id", id);
        MDC.put(CALL_ID, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(CALL_ID);
        }
    }
}
