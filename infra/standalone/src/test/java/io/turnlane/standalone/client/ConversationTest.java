package io.turnlane.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Against an HTTP server that answers what a gateway would, at the point that each test needs. */
class ConversationTest {

    private final List<String> told = new ArrayList<>();
    private HttpServer server;
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/requests", exchange -> answer(exchange, 202, "{\"session_id\":\"s 1\",\"request_id\":\"r\"}"));
        server.start();
        gateway =
                new Gateway(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), Optional.of("key"));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void follow() throws Exception {
        JsonNode request = gateway.ask("why?", Optional.empty(), Optional.empty());
        new Conversation(gateway, new Conversation.Listener() {
                    @Override
                    public void onEvent(String type, JsonNode data) {
                        told.add(type + " " + data.path("text").asString(""));
                    }

                    @Override
                    public void onEnd(String status, JsonNode data) {
                        told.add("end " + status + " "
                                + data.path("answer").path("text").asString(""));
                    }
                })
                .follow(request);
    }

    @Test
    void goesOnAfterTheLastEventWhenTheStreamBreaks() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        List<String> cursors = new ArrayList<>();
        server.createContext("/v1/sessions/s+1/requests/r/events", exchange -> {
            cursors.add(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
            answer(
                    exchange,
                    200,
                    opened.incrementAndGet() == 1
                            ? "id: 1\nevent: delta\ndata: {\"text\":\"a\"}\n\n"
                            : "id: 2\nevent: completed\ndata: {\"answer\":{\"text\":\"ab\"}}\n\n");
        });
        follow();
        assertThat(told).containsExactly("delta a", "end completed ab");
        assertThat(cursors).containsExactly("null", "1");
    }

    @Test
    void asksForTheResultWhereAllEventsWereSeen() throws Exception {
        server.createContext("/v1/sessions/s+1/requests/r/events", exchange -> answer(exchange, 204, ""));
        server.createContext(
                "/v1/sessions/s+1/requests/r",
                exchange -> answer(exchange, 200, "{\"status\":\"completed\",\"answer\":{\"text\":\"kept\"}}"));
        follow();
        assertThat(told).containsExactly("end completed kept");
    }

    @Test
    void aSnapshotAfterAGapMayBeTheEnd() throws Exception {
        server.createContext(
                "/v1/sessions/s+1/requests/r/events",
                exchange -> answer(
                        exchange, 200, "event: gap\ndata: {\"snapshot\":{\"status\":\"failed\",\"error\":{}}}\n\n"));
        follow();
        assertThat(told).containsExactly("end failed ");
    }

    @Test
    void tellsWhyTheGatewayRefused() {
        server.removeContext("/v1/requests");
        server.createContext(
                "/v1/requests",
                exchange -> answer(exchange, 429, "{\"detail\":\"slow down\",\"code\":\"rate_limited\"}"));
        assertThatThrownBy(this::follow)
                .isInstanceOf(Gateway.RefusedException.class)
                .hasMessage("slow down (429 rate_limited)");
    }
}
