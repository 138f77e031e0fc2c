package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.WebSocketRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The two JavaScript modules for use in other pages, in a browser whose calls the test answers. */
@ExtendWith(PageExtension.class)
class ClientModulesTest {

    private static final String ACCEPTED = "{\"request_id\":\"r\"}";
    private static final String PROBLEM = "{\"code\":\"unavailable\"}";

    /** Opens a socket. If {@code hold} is true, the test resolves each request for a ticket. */
    private static final String CONNECT = """
            async ({ hold }) => {
              const { TurnlaneSocket } = await import('/js/turnlane-socket.js');
              Object.assign(window, { tickets: [], states: [], restored: [] });
              window.socket = new TurnlaneSocket(location.origin.replace('http', 'ws') + '/v1/ws', {
                protocols: () => new Promise((resolve) => {
                  tickets.push(() => resolve([]));
                  if (!hold) resolve([]);
                }),
                onState: ({ state }) => states.push(state),
                onRestored: (sessions) => restored.push(...sessions),
                onEvent: () => {},
              });
            }""";

    private final PageFixture fixture;
    private final Page page;

    ClientModulesTest(PageFixture fixture) {
        this.fixture = fixture;
        this.page = fixture.visitor().expectUnavailable().raw();
    }

    /** Opens a file of the gateway, because the chat page would make calls of its own. */
    private void open() {
        page.navigate(fixture.address() + "/js/turnlane-client.js");
    }

    private static FulfillOptions json(int status, String body) {
        return new FulfillOptions()
                .setStatus(status)
                .setContentType("application/json")
                .setBody(body);
    }

    @Test
    void sendsAQuestionAgainUnderItsKeyIfTheReplyIsTruncatedOrMissing() {
        List<String> keys = new ArrayList<>();
        page.route("**/v1/sessions/s/requests", route -> {
            keys.add(route.request().headerValue("Idempotency-Key"));
            switch (keys.size()) {
                case 1 -> route.fulfill(json(202, "{\"request_id\":"));
                case 2 -> {} // accepted, but never answered
                default -> route.fulfill(json(202, ACCEPTED));
            }
        });
        open();

        assertThat(page.evaluate("""
                        async () => {
                          const { Turnlane } = await import('/js/turnlane-client.js');
                          return new Turnlane({ limit: 2_000 }).ask('s', 'Why?');
                        }""")).isEqualTo(Map.of("request_id", "r"));
        assertThat(keys).hasSizeGreaterThanOrEqualTo(3).doesNotContainNull();
        assertThat(keys.stream().distinct()).hasSize(1);
    }

    @Test
    void sendsACancelAgainAfterATransientError() {
        List<String> cancels = new ArrayList<>();
        page.route("**/requests/r/cancel", route -> {
            cancels.add(route.request().method());
            route.fulfill(cancels.size() == 1 ? json(503, PROBLEM) : json(202, ACCEPTED));
        });
        open();

        assertThat(page.evaluate("""
                        async () => {
                          const { Turnlane } = await import('/js/turnlane-client.js');
                          return new Turnlane().cancel('s', 'r');
                        }""")).isEqualTo(Map.of("request_id", "r"));
        assertThat(cancels).containsExactly("POST", "POST");
    }

    @Test
    void aStreamReconnectsNoEarlierThanRetryAfter() {
        page.route(
                "**/v1/sessions/s/events",
                route -> route.fulfill(
                        json(503, PROBLEM).setHeaders(Map.of("Retry-After", "7", "Content-Type", "application/json"))));
        open();

        Object wait = page.evaluate("""
                async () => {
                  const { Turnlane } = await import('/js/turnlane-client.js');
                  return new Promise((resolve) => {
                    const stream = new Turnlane().streamSession('s', {
                      onState: ({ state, retryAt }) => {
                        if (state !== 'lost') return;
                        stream.close();
                        resolve(retryAt - Date.now());
                      },
                    });
                  });
                }""");
        assertThat(((Number) wait).doubleValue()).isBetween(6_500.0, 7_000.0);
    }

    /** A gateway ends each stream at its maximum age, also on a quiet session. */
    @Test
    void aStreamDoesNotCountPlannedEndsAsFailures() {
        Deque<String> bodies = new ArrayDeque<>(List.of("", "", ": \n\n", "", "", "retry: 3000\n\n", ": \n\n"));
        page.route(
                "**/v1/sessions/s/events",
                route -> route.fulfill(new FulfillOptions()
                        .setStatus(200)
                        .setContentType("text/event-stream")
                        .setBody(bodies.isEmpty() ? "" : bodies.removeFirst())));
        open();

        List<?> waits = (List<?>) page.evaluate("""
                async () => {
                  const { Turnlane } = await import('/js/turnlane-client.js');
                  const waits = [];
                  return new Promise((resolve) => {
                    const stream = new Turnlane().streamSession('s', {
                      onState: ({ state, retryAt }) => {
                        if (state !== 'lost') return;
                        waits.push(retryAt - Date.now());
                        if (waits.length === 7) {
                          stream.close();
                          resolve(waits);
                        } else {
                          setTimeout(() => stream.retryNow());
                        }
                      },
                    });
                  });
                }""");
        double[] expected = {500, 1_000, 500, 1_000, 2_000, 3_000, 500};
        for (int i = 0; i < expected.length; i++) {
            assertThat(((Number) waits.get(i)).doubleValue())
                    .as("wait %d of %s", i, waits)
                    .isBetween(expected[i] * 0.75, expected[i] * 1.25);
        }
    }

    @Test
    void readsRetryAfterAsANumberOrADateAndLimitsIt() {
        open();

        Object waits = page.evaluate("""
                async () => {
                  const { retryAfterOf, backoff } = await import('/js/turnlane-client.js');
                  const of = (value) => retryAfterOf(new Headers({
                    'Retry-After': value, Date: 'Sun, 29 Nov 2026 20:00:00 GMT' }));
                  return [
                    ...['7', '0', '9999999999', 'Sun, 29 Nov 2026 20:00:09 GMT', 'Sun, 29 Nov 2026 19:00:00 GMT',
                      'Fri, 29 Nov 2126 20:00:00 GMT', '-5', 'soon', '7.5', ''].map(of),
                    backoff(0, { retryAfter: 1e12 }), // of a frame of the WebSocket
                    backoff(0, { retryAfter: -5 }) > 0,
                  ];
                }""");
        assertThat(waits).isEqualTo(Arrays.asList(7, 0, 3600, 9, 0, 3600, null, null, null, null, 3_600_000, true));
    }

    /** The replies to subscriptions, by session: 200 for a cursor, or the status of a problem. */
    private static final class Subscriptions {
        private final Map<String, Deque<Integer>> statuses;
        private final List<String> received = new ArrayList<>();

        Subscriptions(Map<String, List<Integer>> statuses) {
            this.statuses = new HashMap<>();
            statuses.forEach((session, list) -> this.statuses.put(session, new ArrayDeque<>(list)));
        }

        void answer(WebSocketRoute socket, String text) {
            JsonNode frame = Client.JSON.readTree(text);
            if (frame.path("type").asString().equals("ping")) {
                socket.send("{\"type\":\"pong\"}");
                return;
            }
            String session = frame.path("session_id").asString();
            received.add(session + " " + frame.path("after").asString("now"));
            int status = statuses.get(session).removeFirst();
            socket.send(
                    status == 200
                            ? "{\"type\":\"subscribed\",\"session_id\":\"%s\",\"cursor\":\"c\"}".formatted(session)
                            : "{\"type\":\"error\",\"ref\":\"%s\",\"problem\":{\"status\":%d,\"retry_after\":1}}"
                                    .formatted(session, status));
        }
    }

    @Test
    void aSocketKeepsSessionsAfterATransientRejection() {
        Subscriptions server = new Subscriptions(
                Map.of("old", List.of(200, 503, 200), "new", List.of(429, 200), "unknown", List.of(404)));
        List<WebSocketRoute> sockets = new ArrayList<>();
        page.routeWebSocket("**/v1/ws", socket -> {
            sockets.add(socket);
            socket.onMessage(frame -> server.answer(socket, frame.text()));
        });
        open();
        page.evaluate(CONNECT, Map.of("hold", false));
        page.waitForCondition(() -> (boolean) page.evaluate("socket.isOpen"));
        assertThat(page.evaluate("socket.subscribe('old')")).isEqualTo(true);

        sockets.getFirst().close();
        page.waitForCondition(() -> server.received.size() == 3);
        assertThat(page.evaluate("Promise.all(['new', 'unknown'].map((id) => socket.subscribe(id)))"))
                .isEqualTo(List.of(false, false));
        page.waitForCondition(() -> page.evaluate("restored").equals(List.of("new")));

        assertThat(server.received).containsExactly("old now", "old c", "old c", "new now", "unknown now", "new now");
        assertThat(page.evaluate("['old', 'new', 'unknown'].filter((id) => socket.has(id))"))
                .isEqualTo(List.of("old", "new"));
    }

    @Test
    void aMissingPongClosesOnlyItsOwnConnection() {
        List<WebSocketRoute> sockets = new ArrayList<>();
        page.routeWebSocket("**/v1/ws", sockets::add);
        page.clock().install();
        open();
        page.evaluate(CONNECT, Map.of("hold", true));
        page.evaluate("tickets[0]()");
        page.waitForCondition(() -> (boolean) page.evaluate("socket.isOpen"));
        page.clock().runFor(100);
        page.evaluate("socket.check()");
        sockets.getFirst().close();
        page.waitForCondition(() -> page.evaluate("states.at(-1)").equals("lost"));

        // The socket is waiting for its second ticket when the pong of the first connection is overdue.
        page.clock().runFor(1_000);
        page.waitForCondition(() -> page.evaluate("tickets.length").equals(2));
        page.clock().runFor(3_000);
        page.evaluate("tickets[1]()");
        page.waitForCondition(() -> (boolean) page.evaluate("socket.isOpen"));
        page.clock().runFor(5_000);

        assertThat(page.evaluate("tickets.length")).as("connections").isEqualTo(2);
        assertThat(page.evaluate("states.filter((state) => state === 'lost').length"))
                .isEqualTo(1);
    }

    @Test
    void aTurnHasTheToolCallsOfItsLatestAttempt() {
        open();
        assertThat(page.evaluate("""
                        async () => {
                          const { Turn } = await import('/js/turnlane-client.js');
                          const turn = new Turn('r');
                          const calls = [];
                          const apply = (event) => {
                            turn.apply(event);
                            calls.push(turn.toolCalls.map(({ tool, duration, outcome }) => [tool, duration, outcome].join(' ')));
                          };
                          const call = { type: 'tool_call', tool: 'swap_quote', duration: 0.5, outcome: 'failed', seq: 1 };
                          apply({ ...call, attempt: 1 });
                          apply({ ...call, attempt: 1 });
                          apply({ type: 'started', attempt: 2, seq: 0 });
                          apply({ ...call, attempt: 2, outcome: 'completed' });
                          apply({ type: 'completed', attempt: 2, seq: 2, answer: { text: '' } });
                          return calls;
                        }"""))
                .isEqualTo(List.of(
                        List.of("swap_quote 0.5 failed"),
                        List.of("swap_quote 0.5 failed"),
                        List.of(),
                        List.of("swap_quote 0.5 completed"),
                        List.of("swap_quote 0.5 completed")));
    }
}
