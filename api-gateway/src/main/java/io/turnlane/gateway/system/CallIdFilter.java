package io.turnlane.gateway.system;

import com.fasterxml.uuid.NoArgGenerator;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Every response has an {@code X-Request-Id}: the turn's where there is one, which its controller sets, else one of
 * this call. One that a client sends is ignored: ids in our logs are ours.
 */
final class CallIdFilter extends OncePerRequestFilter {

    /** Where log lines about a call find its id. */
    private static final String CALL = "call_id";

    private final NoArgGenerator ids;

    CallIdFilter(NoArgGenerator ids) {
        this.ids = ids;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String id = ids.generate().toString();
        response.setHeader("X-Request-Id", id);
        MDC.put(CALL, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(CALL);
        }
    }
}
