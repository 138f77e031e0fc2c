package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.turnlane.gateway.keys.KeySecret;
import io.turnlane.model.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody's own chat page, on a server of its own, at a gateway that wants a key: as docs/clients.md has it. */
@ExtendWith(PageTests.class)
@Timeout(120)
class CrossOriginPageTest {

    private static final String QUESTION = "What is asked from elsewhere?";

    /** Everything that a chat page does, with the modules as the gateway serves them. */
    private static final String CHAT = """
            async ({ gateway, key, question }) => {
              const { Turnlane, Turn } = await import(gateway + '/js/turnlane-client.js');
              const { TurnlaneSocket } = await import(gateway + '/js/turnlane-socket.js');
              const turnlane = new Turnlane({ baseUrl: gateway, headers: () => ({ Authorization: 'Bearer ' + key }) });
              const { session_id } = await turnlane.createSession();
              const { ticket } = await turnlane.ticket();
              const heard = [];
              let listens, heardAll;
              const listening = new Promise((resolve) => { listens = resolve; });
              const heardEnd = new Promise((resolve) => { heardAll = resolve; });
              const socket = new TurnlaneSocket(gateway.replace('http', 'ws') + '/v1/ws', {
                protocols: async () => ['ticket.' + ticket],
                onEvent: (event) => { heard.push(event.type); if (event.type === 'completed') heardAll(); },
                onState: ({ state }) => { if (state === 'open') listens(); },
              });
              await listening;
              await socket.subscribe(session_id);
              const { request_id } = await turnlane.ask(session_id, question);
              const turn = new Turn(request_id);
              const stream = new Promise((resolve) => turnlane.streamRequest(session_id, request_id, {
                onEvent: (event) => { turn.apply(event); if (turn.isTerminal) resolve(); },
              }));
              await Promise.all([stream, heardEnd]);
              socket.close();
              await turnlane.cancel(session_id, request_id);
              await fetch(`${gateway}/v1/sessions/${session_id}`, {
                method: 'PATCH', body: '{"metadata":{"a":1}}',
                headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' },
              });
              await turnlane.deleteSession(session_id);
              const refused = await new Turnlane({ baseUrl: gateway }).agents().catch((problem) => problem);
              return { text: turn.text, status: turn.status, heard, refused: refused.code };
            }""";

    private final PageStage stage;
    private final HttpServer site;
    private final URI origin;

    CrossOriginPageTest(PageStage stage) throws IOException {
        this.stage = stage;
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            byte[] page =
                    "<!doctype html><link rel=icon href=data:,><title>chat</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
        origin = URI.create("http://localhost:" + site.getAddress().getPort());
    }

    @AfterEach
    void close() {
        site.stop(0);
    }

    @Test
    void aPageOfAnotherOriginAsksAndFollowsWithTheClientThatTheGatewayServes() throws Exception {
        URI gateway = stage.turnlane()
                .addGateway(
                        "--turnlane.security.mode=api-key",
                        "--turnlane.security.allowed-origins=" + origin,
                        "--turnlane.agents.default=prompted");
        KeySecret key = KeySecret.random(new SecureRandom());
        stage.turnlane()
                .keys()
                .publish(key.stored("visitor", Set.of(Scope.ASK, Scope.READ), "test", Instant.now(), null));
        stage.agent().part(QUESTION).says("Yes, ").says("from anywhere.").ends();
        Page page = stage.browser().newContext(new Browser.NewContextOptions()).newPage();
        page.navigate(origin.toString());
        @SuppressWarnings("unchecked")
        Map<String, Object> came = (Map<String, Object>)
                page.evaluate(CHAT, Map.of("gateway", gateway.toString(), "key", key.reveal(), "question", QUESTION));
        assertThat(came)
                .containsEntry("text", "Yes, from anywhere.")
                .containsEntry("status", "completed")
                .containsEntry("refused", "unauthorized");
        assertThat(came.get("heard").toString()).contains("started", "completed");
        assertThat(page.evaluate(
                        "gateway => fetch(gateway + '/api/stats').then(() => 'read', () => 'kept')",
                        gateway.toString()))
                .isEqualTo("kept");
        page.context().close();
    }
}
