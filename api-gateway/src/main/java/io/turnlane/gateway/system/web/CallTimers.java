package io.turnlane.gateway.system.web;

import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Timers of HTTP calls, with the names and tags of Spring's observations. Looks up each timer once, whereas an
 * observation builds its tags and looks up two meters for each call.
 *
 * <p>Safe for use by any number of threads.
 */
final class CallTimers {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private static final String UNKNOWN = "UNKNOWN";
    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final String name;
    private final ConcurrentHashMap<CallKind, Timer> timers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, LongTaskTimer> active = new ConcurrentHashMap<>();

    private record CallKind(String method, String uri, int status, String exception) {

        Tags tags() {
            return Tags.of(
                    "exception",
                    exception,
                    "method",
                    method,
                    "outcome",
                    outcome(),
                    "status",
                    String.valueOf(status),
                    "uri",
                    uri);
        }

        private String outcome() {
            HttpStatus.Series series = HttpStatus.Series.resolve(status);
            return series == null ? UNKNOWN : series == HttpStatus.Series.SUCCESSFUL ? "SUCCESS" : series.name();
        }
    }

    /** @param name name of the timer, {@code http.server.requests} unless the operator has changed it */
    CallTimers(MeterRegistry registry, String name) {
        this.registry = registry;
        this.name = name;
    }

    /** Starts to measure a call. The caller must close the result on the same thread. */
    TimedCall start(HttpServletRequest request, HttpServletResponse response) {
        String method = METHODS.contains(request.getMethod()) ? request.getMethod() : UNKNOWN;
        return new TimedCall(request, response, method);
    }

    private LongTaskTimer activeTimer(String method) {
        // A call that has not ended has the tags of a successful call to an unknown route, as in Spring's observations.
        return LongTaskTimer.builder(name + ".active")
                .tags(new CallKind(method, UNKNOWN, HttpStatus.OK.value(), NONE).tags())
                .register(registry);
    }

    private Timer timer(CallKind kind) {
        return Timer.builder(name)
                .tags(kind.tags().and("error", kind.exception()))
                .register(registry);
    }

    /** Call that is being measured. */
    final class TimedCall implements AutoCloseable {

        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final String method;
        private final long startNanos = System.nanoTime();
        private final LongTaskTimer.Sample sample;
        private String exception = NONE;

        private TimedCall(HttpServletRequest request, HttpServletResponse response, String method) {
            this.request = request;
            this.response = response;
            this.method = method;
            this.sample =
                    active.computeIfAbsent(method, CallTimers.this::activeTimer).start();
        }

        /** Records that the call ends with an exception, for which Tomcat sends status 500. */
        void failed(Exception thrown) {
            Throwable cause =
                    thrown instanceof ServletException && thrown.getCause() != null ? thrown.getCause() : thrown;
            exception = cause.getClass().getSimpleName();
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        }

        @Override
        public void close() {
            sample.stop();
            Timer timer = timers.computeIfAbsent(
                    new CallKind(method, uri(), response.getStatus(), exception), CallTimers.this::timer);
            timer.record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
        }

        private String uri() {
            if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern) {
                return pattern.isEmpty() ? "root" : pattern;
            }
            int status = response.getStatus();
            return status / 100 == 3
                    ? "REDIRECTION"
                    : status == HttpServletResponse.SC_NOT_FOUND ? "NOT_FOUND" : UNKNOWN;
        }
    }
}
