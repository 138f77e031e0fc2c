package io.turnlane.gateway.limits;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.limits.OpenConnections.Connection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Counts the calls that stay: streams, which are written by the call's own thread, and waits. A stream whose caller's
 * credentials end is interrupted; a wait is short enough to be let be.
 */
public final class ConnectionInterceptor implements HandlerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionInterceptor.class);
    private static final String CONNECTION = ConnectionInterceptor.class.getName();

    private final Callers callers;
    private final OpenConnections connections;

    public ConnectionInterceptor(Callers callers, OpenConnections connections) {
        this.callers = callers;
        this.connections = connections;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        boolean streams = streams(request);
        if (streams || waits(request)) {
            Caller caller = callers.of(request.getUserPrincipal());
            Thread thread = Thread.currentThread();
            request.setAttribute(CONNECTION, connections.open(caller, streams ? thread::interrupt : () -> {}));
        }
        return true;
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
