package io.turnlane.gateway.system.web;

import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import io.turnlane.trace.Traces;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Spans of the calls of clients. Within a call, the header {@code traceparent} is the context of its span, so that the
 * question of the call becomes part of the same trace. Thread-safe.
 */
record CallSpans(Traces traces) {

    private static final String TRACEPARENT = "traceparent";

    /** Starts the span of a call. Calls of pages, of health checks and of metrics have none. */
    TraceSpan start(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.startsWith("/v1/") || path.startsWith("/ask")
                ? traces.start(SpanRole.SERVER, request.getMethod(), "", request.getHeader(TRACEPARENT))
                : TraceSpan.NONE;
    }

    /** Returns the request with the trace context of the span. */
    HttpServletRequest within(TraceSpan span, HttpServletRequest request) {
        String context = span.traceparent();
        return context == null || Objects.equals(context, request.getHeader(TRACEPARENT))
                ? request
                : new TracedRequest(request, context);
    }

    /** Ends the span of a call. */
    void end(TraceSpan span, HttpServletRequest request, HttpServletResponse response) {
        if (span.isRecorded()) {
            int status = response.getStatus();
            span.set("http.request.method", request.getMethod())
                    .set("http.response.status_code", status)
                    .set("url.scheme", request.getScheme())
                    .set("turnlane.request_id", response.getHeader("X-Request-Id"));
            if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String route) {
                span.name(request.getMethod(), route).set("http.route", route);
            }
            if (status >= HttpStatus.INTERNAL_SERVER_ERROR.value()) {
                span.failed(Integer.toString(status));
            }
        }
        span.close();
    }

    private static final class TracedRequest extends HttpServletRequestWrapper {

        private final String context;

        private TracedRequest(HttpServletRequest request, String context) {
            super(request);
            this.context = context;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return name.equalsIgnoreCase(TRACEPARENT) ? context : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return name.equalsIgnoreCase(TRACEPARENT)
                    ? Collections.enumeration(Collections.singleton(context))
                    : super.getHeaders(name);
        }
    }
}
