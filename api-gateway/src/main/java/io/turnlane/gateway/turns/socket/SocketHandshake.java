package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.guard.origin.AllowedOrigins;
import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.util.WebUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Accepts handshakes that offer the subprotocol and come from an allowed origin. Rejects all others with a problem
 * document that gives the reason.
 */
record SocketHandshake(AllowedOrigins origins, JsonMapper json) implements HandshakeInterceptor {

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        ProblemDetailException problem = problem(request);
        if (problem != null) {
            Problem.write(problem, request.getURI().getRawPath(), response, json);
        }
        return problem == null;
    }

    private @Nullable ProblemDetailException problem(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        if (!request.getMethod().equals(HttpMethod.GET)) {
            return new ProblemDetailException(ErrorCode.METHOD_NOT_ALLOWED, "A WebSocket is opened with GET.");
        }
        if (!"websocket".equalsIgnoreCase(headers.getUpgrade())) {
            return ProblemDetailException.invalid(
                    "This path is a WebSocket endpoint. Send the header Upgrade: websocket.");
        }
        if (!offers(headers.getValuesAsList("Sec-WebSocket-Protocol"))) {
            return ProblemDetailException.invalid(
                    "The header Sec-WebSocket-Protocol must offer " + SocketHandler.PROTOCOL + ".");
        }
        String origin = headers.getOrigin();
        // Only browsers send an Origin header, and a page can't suppress it.
        boolean allowed = origin == null || origins.allows(origin) || WebUtils.isSameOrigin(request);
        return allowed
                ? null
                : new ProblemDetailException(ErrorCode.FORBIDDEN, "Pages of this origin may not connect.");
    }

    private static boolean offers(List<String> protocols) {
        return protocols.stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .anyMatch(SocketHandler.PROTOCOL::equals);
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception exception) {}
}
