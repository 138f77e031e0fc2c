package io.turnlane.gateway.guard.limits;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.Callers;
import io.turnlane.gateway.guard.limits.OpenConnections.TrackedConnection;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitStatus;
import io.turnlane.gateway.problem.ProblemDetailException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Applies the limits of a user to calls: the rate of calls and of opened streams, and the number of open connections.
 * Streams and waits (calls that wait for an answer) count as connections. If the credentials of a stream's caller
 * expire or are revoked, the thread that writes the stream is interrupted. A wait is not ended, because it takes at
 * most a minute.
 *
 * <p>The interceptor derives the kind of a call from the matched route. It does not use the URL, because different URLs
 * can match one route.
 *
 * @param asksToWait returns true if a {@code Prefer} header asks to wait for an answer
 */
public record LimitInterceptor(
        Callers callers, RateLimits rates, OpenConnections connections, Predicate<String> asksToWait)
        implements HandlerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(LimitInterceptor.class);
    private static final String CONNECTION = LimitInterceptor.class.getName();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            return true;
        }
        Caller caller = callers.callerOf(request.getUserPrincipal());
        String route = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        boolean streams = streams(request);
        count(caller, RateLimitKind.REQUESTS, response);
        if (streams && route.endsWith("/events")) {
            count(caller, RateLimitKind.CATCH_UPS, response);
        }
        if (streams || waits(request, route)) {
            Thread thread = Thread.currentThread();
            request.setAttribute(CONNECTION, connections.open(caller, streams ? thread::interrupt : () -> {}));
        }
        return true;
    }

    /** Counts a call, and adds the rate limit headers to the response even if the call is rejected. */
    private void count(Caller caller, RateLimitKind kind, HttpServletResponse response) {
        Optional<RateLimitStatus> status = rates.consume(caller, kind);
        status.ifPresent(now -> {
            response.addHeader("RateLimit-Policy", now.policy());
            response.addHeader("RateLimit", now.rateLimit());
        });
        ProblemDetailException rejection = status.map(RateLimitStatus::problem).orElse(null);
        if (rejection != null) {
            throw rejection;
        }
    }

    /** Returns true if the matched controller method returns an event stream. */
    private static boolean streams(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE) instanceof Collection<?> types
                && types.contains(MediaType.TEXT_EVENT_STREAM);
    }

    /** Returns true if the call waits for an answer. */
    private boolean waits(HttpServletRequest request, String route) {
        String preferences = String.join(",", Collections.list(request.getHeaders("Prefer")));
        return route.equals("/ask") || request.getParameter("wait") != null || asksToWait.test(preferences);
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown) {
        if (request.getAttribute(CONNECTION) instanceof TrackedConnection connection) {
            connection.close();
            boolean ended = Thread.interrupted();
            LOG.debug("connection closed, ended because of its credentials: {}", ended);
        }
    }
}
