package io.turnlane.gateway.limits;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.limits.OpenConnections.Connection;
import io.turnlane.gateway.limits.RateLimits.Kind;
import io.turnlane.gateway.limits.RateLimits.Stand;
import io.turnlane.gateway.problem.Refusal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Counts calls, and those that stay: streams, which are written by the call's own thread, and waits. A stream whose
 * caller's credentials end is interrupted; a wait is short enough to be let be.
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
        Caller caller = callers.of(request.getUserPrincipal());
        boolean streams = streams(request);
        count(caller, Kind.REQUESTS, response);
        if (streams && request.getRequestURI().endsWith("/events")) {
            count(caller, Kind.CATCH_UPS, response);
        }
        if (streams || waits(request)) {
            Thread thread = Thread.currentThread();
            request.setAttribute(CONNECTION, connections.open(caller, streams ? thread::interrupt : () -> {}));
        }
        return true;
    }

    /** The client is told how it stands, whether the call goes on or not. */
    private void count(Caller caller, Kind kind, HttpServletResponse response) {
        Optional<Stand> stand = rates.take(caller, kind);
        stand.ifPresent(now -> {
            response.addHeader("RateLimit-Policy", now.policy());
            response.addHeader("RateLimit", now.limit());
        });
        Refusal refusal = stand.map(Stand::refusal).orElse(null);
        if (refusal != null) {
            throw refusal;
        }
    }

    private static boolean streams(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.endsWith("/events") || path.equals("/ask-stream");
    }

    private static boolean waits(HttpServletRequest request) {
        String prefer = request.getHeader("Prefer");
        return request.getRequestURI().equals("/ask")
                || request.getParameter("wait") != null
                || (prefer != null && prefer.contains("wait"));
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown) {
        if (request.getAttribute(CONNECTION) instanceof Connection connection) {
            connection.close();
            boolean ended = Thread.interrupted();
            LOG.debug("connection over, ended by its credentials: {}", ended);
        }
    }
}
