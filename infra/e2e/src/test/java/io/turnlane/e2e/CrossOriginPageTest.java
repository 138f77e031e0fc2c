package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.turnlane.gateway.guard.keys.KeySecret;
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

/** A chat page of another origin at a gateway that requires an API key, as described in docs/clients.md. */
@ExtendWith(PageExtension.class)
@Timeout(120)
class CrossOriginPageTest {

    private static final String QUESTION = "What is asked from elsewhere?";

    /** All calls of a chat page, with the modules that the gateway serves. */
    private static final String CHAT = """
            async ({ gateway, key, question }) => {
              const { Turnlane, Turn } = await import(gateway + '/js/turnlane-client.js');
              const { TurnlaneSocket } = await import(gateway + '/js/turnlane-socket.js');
              const turnlane = new Turnlane({ baseUrl: gateway, headers: () => ({ Authorization: 'Bearer ' + key }) });
              const { session_id } = await turnlane.createSession();
              const { ticket } = await turnlane.ticket();
              const received = [];
              let onOpen, onEnd;
              const opened = new Promise((resolve) => { onOpen = resolve; });
              const ended = new Promise((resolve) => { onEnd = resolve; });
              const socket = new TurnlaneSocket(gateway.replace('http', 'ws') + '/v1/ws', {
                protocols: async () => ['ticket.' + ticket],
                onEvent: (event) => { received.push(event.type); if (event.type === 'completed') onEnd(); },
                onState: ({ state }) => { if (state === 'open') onOpen(); },
              });
              await opened;
              await socket.subscribe(session_id);
              const { request_id } = await turnlane.ask(session_id, question);
              const turn = new Turn(request_id);
              const stream = new Promise((resolve) => turnlane.streamRequest(session_id, request_id, {
                onEvent: (event) => { turn.apply(event); if (turn.isTerminal) resolve(); },
              }));
              await Promise.all([stream, ended]);
              socket.close();
              await turnlane.cancel(session_id, request_id);
              await fetch(`${gateway}/v1/sessions/${session_id}`, {
                method: 'PATCH', body: '{"metadata":{"a":1}}',
                headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' },
              });
              await turnlane.deleteSession(session_id);
              const rejected = await new Turnlane({ baseUrl: gateway }).agents().catch((problem) => problem);
              return { text: turn.text, status: turn.status, received, rejected: rejected.code };
            }""";

    private final PageFixture fixture;
    private final HttpServer site;
    private final URI origin;

    CrossOriginPageTest(PageFixture fixture) throws IOException {
        this.fixture = fixture;
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
    void aPageOfAnotherOriginUsesTheClientThatTheGatewayServes() throws Exception {
        URI gateway = fixture.turnlane()
                .addGateway(
                        "--turnlane.security.mode=api-key",
                        "--turnlane.security.allowed-origins=" + origin,
                        "--turnlane.agents.default=prompted");
        KeySecret key = KeySecret.random(new SecureRandom());
        fixture.turnlane()
                .keys()
                .publish(key.stored("visitor", Set.of(Scope.ASK, Scope.READ), "test", Instant.now(), null));
        fixture.agent().script(QUESTION).delta("Yes, ").delta("from anywhere.").complete();
        Page page =
                fixture.browser().newContext(new Browser.NewContextOptions()).newPage();
        page.navigate(origin.toString());
        @SuppressWarnings("unchecked")
        Map<String, Object> result = (Map<String, Object>)
                page.evaluate(CHAT, Map.of("gateway", gateway.toString(), "key", key.reveal(), "question", QUESTION));
        assertThat(result)
                .containsEntry("text", "Yes, from anywhere.")
                .containsEntry("status", "completed")
                .containsEntry("rejected", "unauthorized");
        assertThat(result.get("received").toString()).contains("started", "completed");
        assertThat(page.evaluate(
                        "gateway => fetch(gateway + '/api/stats').then(() => 'allowed', () => 'blocked')",
                        gateway.toString()))
                .isEqualTo("blocked");
        page.context().close();
    }
}
