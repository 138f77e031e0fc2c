package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.WebSocketRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The two modules that others copy into their pages, in a browser whose calls the test answers as it likes. */
@ExtendWith(PageTests.class)
class ClientModulesTest {

    private static final String ACCEPTED = "{\"request_id\":\"r\"}";
    private static final String PROBLEM = "{\"code\":\"unavailable\"}";

    /** Tickets are given by the test. */
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

    private final PageStage stage;
    private final Page page;

    ClientModulesTest(PageStage stage) {
        this.stage = stage;
        this.page = stage.visitor().mayBeTurnedAway().raw();
    }

    /** Any file of the page's own host; the page itself would make calls of its own. */
    private void open() {
        page.navigate(stage.address() + "/js/turnlane-client.js");
    }

    private static FulfillOptions json(int status, String body) {
        return new FulfillOptions()
                .setStatus(status)
                .setContentType("application/json")
                .setBody(body);
    }

    @Test
    void aQuestionWhoseReplyIsCutOffOrNeverComesIsSentAgainUnderItsKey() {
        List<String> keys = new ArrayList<>();
        page.route("**/v1/sessions/s/requests", route -> {
            keys.add(route.request().headerValue("Idempotency-Key"));
            switch (keys.size()) {
                case 1 -> route.fulfill(json(202, "{\"request_id\":"));
                case 2 -> {} // taken, and never answered
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
    void aCancelIsSentAgainWhereTheServerCouldNotJustThen() {
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
    void aStreamComesBackNoEarlierThanItIsAskedTo() {
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

    /** By session, what becomes of the next subscriptions: a place, or a problem of this status. */
    private static final class Subscriptions {
        private final Map<String, Deque<Integer>> answers;
        private final List<String> heard = new ArrayList<>();

        Subscriptions(Map<String, List<Integer>> answers) {
            this.answers = new HashMap<>();
            answers.forEach((session, statuses) -> this.answers.put(session, new ArrayDeque<>(statuses)));
        }

        void answer(WebSocketRoute socket, String text) {
            JsonNode frame = Client.JSON.readTree(text);
            if (frame.path("type").asString().equals("ping")) {
                socket.send("{\"type\":\"pong\"}");
                return;
            }
            String session = frame.path("session_id").asString();
            heard.add(session + " " + frame.path("after").asString("now"));
            int status = answers.get(session).removeFirst();
            socket.send(
                    status == 200
                            ? "{\"type\":\"subscribed\",\"session_id\":\"%s\",\"cursor\":\"c\"}".formatted(session)
                            : "{\"type\":\"error\",\"ref\":\"%s\",\"problem\":{\"status\":%d,\"retry_after\":1}}"
                                    .formatted(session, status));
        }
    }

    @Test
    void aSocketLetsGoOfNoSessionThatWasRefusedInPassing() {
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
        page.waitForCondition(() -> server.heard.size() == 3);
        assertThat(page.evaluate("Promise.all(['new', 'unknown'].map((id) => socket.subscribe(id)))"))
                .isEqualTo(List.of(false, false));
        page.waitForCondition(() -> page.evaluate("restored").equals(List.of("new")));

        assertThat(server.heard).containsExactly("old now", "old c", "old c", "new now", "unknown now", "new now");
        assertThat(page.evaluate("['old', 'new', 'unknown'].filter((id) => socket.has(id))"))
                .isEqualTo(List.of("old", "new"));
    }

    @Test
    void aSignOfLifeThatIsMissedConcernsItsOwnConnectionOnly() {
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

        // It comes back and is kept waiting for its ticket when the sign of life is overdue.
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
}
