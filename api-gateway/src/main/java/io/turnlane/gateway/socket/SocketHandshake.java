package io.turnlane.gateway.socket;

import io.turnlane.gateway.origin.AllowedOrigins;
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

/** Lets in who asks for a WebSocket of our subprotocol from a page of ours; tells the others why not, as a problem. */
final class SocketHandshake implements HandshakeInterceptor {

    private final AllowedOrigins origins;
    private final JsonMapper json;

    SocketHandshake(AllowedOrigins origins, JsonMapper json) {
        this.origins = origins;
        this.json = json;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        ProblemDetailException refusal = refusal(request);
        if (refusal != null) {
            Problem.write(refusal, request.getURI().getRawPath(), response, json);
        }
        return refusal == null;
    }

    private @Nullable ProblemDetailException refusal(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        if (!request.getMethod().equals(HttpMethod.GET)) {
            return new ProblemDetailException(ErrorCode.METHOD_NOT_ALLOWED, "a WebSocket is opened with GET");
        }
        if (!"websocket".equalsIgnoreCase(headers.getUpgrade())) {
            return ProblemDetailException.invalid("this path is a WebSocket: send Upgrade: websocket");
        }
        if (!offers(headers.getValuesAsList("Sec-WebSocket-Protocol"))) {
            return ProblemDetailException.invalid("the subprotocol " + SocketHandler.PROTOCOL + " is required");
        }
        String origin = headers.getOrigin();
        // Who isn't a browser sends none; a browser can't leave it out.
        boolean known = origin == null || origins.allows(origin) || WebUtils.isSameOrigin(request);
        return known ? null : new ProblemDetailException(ErrorCode.FORBIDDEN, "pages of this origin may not connect");
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
