package io.turnlane.gateway.system.web;

import com.fasterxml.uuid.NoArgGenerator;
import io.turnlane.gateway.system.web.CallTimers.TimedCall;
import io.turnlane.trace.TraceSpan;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.slf4j.MDC;

/**
 * The filter of all calls. Measures and traces the call, assigns its id, runs the checks in their order, and bounds the
 * body.
 *
 * <p>Every response has the id in its {@code X-Request-Id} header. Controllers that ask a question replace this id with
 * the turn's request id. An id that the client sends is ignored, so that the log contains only ids that a gateway
 * generated.
 */
final class CallFilter implements Filter {

    /** MDC key of the call's id in log records. */
    private static final String CALL_ID = "call_id";

    private final NoArgGenerator ids;
    private final CallTimers timers;
    private final CallSpans spans;
    private final List<CallCheck> checks;
    private final BodyLimit bodies;

    /** Check of a call, which can also add headers to the response. Used by any number of threads. */
    @FunctionalInterface
    interface CallCheck {

        /** Returns true if the call may continue. Otherwise this method has written the response. */
        boolean admits(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    CallFilter(NoArgGenerator ids, CallTimers timers, CallSpans spans, List<CallCheck> checks, BodyLimit bodies) {
        this.ids = ids;
        this.timers = timers;
        this.spans = spans;
        this.checks = List.copyOf(checks);
        this.bodies = bodies;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        serve((HttpServletRequest) request, (HttpServletResponse) response, chain);
    }

    private void serve(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String id = ids.generate().toString();
        response.setHeader("X-Request-Id", id);
        MDC.put(CALL_ID, id);
        TraceSpan span = spans.start(request);
        try (TimedCall timed = timers.start(request, response)) {
            try {
                if (isAdmitted(request, response)) {
                    chain.doFilter(bodies.limit(spans.within(span, request)), response);
                }
            } catch (IOException | ServletException | RuntimeException e) {
                timed.failed(e);
                throw e;
            }
        } finally {
            spans.end(span, request, response);
            MDC.remove(CALL_ID);
        }
    }

    private boolean isAdmitted(HttpServletRequest request, HttpServletResponse response) throws IOException {
        for (CallCheck check : checks) {
            if (!check.admits(request, response)) {
                return false;
            }
        }
        return true;
    }
}
