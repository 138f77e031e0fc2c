package io.turnlane.gateway.limits;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.limits.OpenConnections.TrackedConnection;
import io.turnlane.gateway.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.limits.RateLimits.RateLimitStatus;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.WaitTimes;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Counts calls, and those that stay: streams, which are written by the call's own thread, and waits. A stream whose
 * caller's credentials end is interrupted; a wait is short enough to be let be. Which is which is told by the route
 * that was found, never by the URL, which can be spelled in many ways.
 */
public final class LimitInterceptor implements HandlerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(LimitInterceptor.class);
    private static final String CONNECTION = LimitInterceptor.class.getName();

    private final Callers callers;
    private final RateLimits rates;
    private final OpenConnections connections;

    public LimitInterceptor(Callers callers, RateLimits rates, OpenConnections connections) {
        this.callers = callers;
        this.rates = rates;
        this.connections = connections;
    }

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

    /** The client is told how it stands, whether the call goes on or not. */
    private void count(Caller caller, RateLimitKind kind, HttpServletResponse response) {
        Optional<RateLimitStatus> stand = rates.consume(caller, kind);
        stand.ifPresent(now -> {
            response.addHeader("RateLimit-Policy", now.policy());
            response.addHeader("RateLimit", now.rateLimit());
        });
        ProblemDetailException refusal = stand.map(RateLimitStatus::problem).orElse(null);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** By what the method that serves it says of itself. */
    private static boolean streams(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE) instanceof Collection<?> types
                && types.contains(MediaType.TEXT_EVENT_STREAM);
    }

    /** Preferences as the method gets them: of all headers of this name. */
    private static boolean waits(HttpServletRequest request, String route) {
        String preferences = String.join(",", Collections.list(request.getHeaders("Prefer")));
        return route.equals("/ask")
                || request.getParameter("wait") != null
                || WaitTimes.fromPreferHeader(preferences).isPresent();
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown) {
        if (request.getAttribute(CONNECTION) instanceof TrackedConnection connection) {
            connection.close();
            boolean ended = Thread.interrupted();
            LOG.debug("connection over, ended by its credentials: {}", ended);
        }
    }
}
