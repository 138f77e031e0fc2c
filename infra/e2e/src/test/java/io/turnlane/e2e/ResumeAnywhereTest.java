package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import io.turnlane.e2e.PromptedAgent.TurnScript;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Follows one long answer with five clients whose connections break in the middle of any data. Each reconnects to the
 * other of two gateways, one of which is removed half-way. Every client must receive the exact answer.
 *
 * <p>{@code -Dcuts=100} runs the full test, with 2,000 pieces.
 */
@ExtendWith(PageExtension.class)
@Timeout(600)
class ResumeAnywhereTest {

    private static final int CUTS = Integer.getInteger("cuts", 20);
    private static final int PIECES = 20 * CUTS;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    /**
     * Number of pieces that the agent may be ahead of the slowest client. It is small, so that connections break while
     * clients read live events and while they read past ones.
     */
    private static final int MAX_AHEAD = 100;

    /** Maximum bytes of a connection. A piece has about 600 bytes, so connections break more often than required. */
    private static final int MAX_CONNECTION_BYTES = 15_000;

    private static final String QUESTION = "What is the longest answer?";

    /** Follows a request or a session with the page's client modules, and counts the events on the page. */
    private static final String FOLLOW = """
            async ({ session, request, socket }) => {
              const { Turnlane, Turn } = await import('/js/turnlane-client.js');
              const { TurnlaneSocket } = await import('/js/turnlane-socket.js');
              const turn = new Turn(request);
              const seen = window.seen = { deltas: 0, text: '', view: '', gap: false, status: '', subscribed: false };
              const onEvent = (event) => {
                if (event.type === 'delta') { seen.deltas++; seen.text += event.text; }
                if (event.type === 'gap') seen.gap = true;
                turn.apply(event);
                if (turn.isTerminal) seen.status = turn.status; else seen.view = turn.text;
              };
              let stream;
              const onState = ({ state }) => { if (state === 'lost') setTimeout(() => stream.retryNow(), 20); };
              if (socket) {
                const url = location.origin.replace('http', 'ws') + '/v1/ws';
                stream = new TurnlaneSocket(url, { onEvent, onState, onRestored: () => { seen.subscribed = true; } });
                stream.subscribe(session);
              } else {
                stream = new Turnlane().streamRequest(session, request, { onEvent, onState });
              }
            }""";

    private final Random random = new Random(SEED);
    private final PageFixture fixture;
    private final URI one;
    private final URI other;
    /** The proxies of each client; the Java client has two. */
    private final List<List<FlakyProxy>> proxiesByClient = new ArrayList<>();

    private final List<Page> pages = new ArrayList<>();

    ResumeAnywhereTest(PageFixture fixture) {
        System.out.println("seed " + SEED);
        this.fixture = fixture;
        this.one = fixture.address();
        this.other = fixture.anotherGateway();
    }

    @AfterEach
    void closeTheProxies() throws IOException {
        for (FlakyProxy proxy : proxies().toList()) {
            proxy.close();
        }
    }

    private Stream<FlakyProxy> proxies() {
        return proxiesByClient.stream().flatMap(List::stream);
    }

    /** Starts the proxies of one more client, one for each list of gateways, and returns their addresses. */
    private List<URI> startProxies(List<List<URI>> gateways) throws IOException {
        List<FlakyProxy> proxies = new ArrayList<>();
        for (List<URI> ofOneProxy : gateways) {
            proxies.add(new FlakyProxy(ofOneProxy, new Random(random.nextLong()), MAX_CONNECTION_BYTES));
        }
        proxiesByClient.add(proxies);
        return proxies.stream().map(FlakyProxy::address).toList();
    }

    private URI proxyToBoth() throws IOException {
        return startProxies(List.of(List.of(one, other))).getFirst();
    }

    private Page page() throws IOException {
        URI address = proxyToBoth();
        Page page = fixture.visitor().through(address).raw();
        // A file of the gateway, because the chat page would follow sessions of its own.
        page.navigate(address + "/js/turnlane-client.js");
        pages.add(page);
        return page;
    }

    @Test
    void everyClientReceivesTheExactAnswer() throws Exception {
        try (Client client = new Client(one)) {
            String session = client.post("/v1/sessions", Map.of()).text("session_id");
            Page withSocket = page();
            withSocket.evaluate(FOLLOW, Map.of("session", session, "request", "", "socket", true));
            withSocket.waitForCondition(() -> (boolean) withSocket.evaluate("seen.subscribed"));
            ReconnectingClient.Socket socket = new ReconnectingClient.Socket(proxyToBoth());
            socket.follow(session, "");
            Awaitility.await().until(socket::isSubscribed);
            String path = client.post("/v1/sessions/" + session + "/requests", Map.of("question", QUESTION))
                    .header("Location");
            String request = path.substring(path.lastIndexOf('/') + 1);
            Page withStreams = page();
            withStreams.evaluate(FOLLOW, Map.of("session", session, "request", request, "socket", false));
            ReconnectingClient sse = new ReconnectingClient.Sse(proxyToBoth()).follow(session, request);
            ReconnectingClient java = new ReconnectingClient.Java(startProxies(List.of(List.of(one), List.of(other))))
                    .follow(session, request);
            proxies().forEach(proxy -> proxy.breakNext(CUTS));

            List<String> pieces = pieces();
            stream(pieces, List.of(socket, sse, java));

            String answer =
                    (String) client.get(path + "?wait=20").object("answer").get("text");
            assertThat(answer).isEqualTo(String.join("", pieces));
            for (ReconnectingClient each : List.of(socket, sse, java)) {
                assertThat(each.text()).as("%s, seed %d", each, SEED).isEqualTo(answer);
                assertThat(each.sawGap()).isFalse();
            }
            assertThat(sse.deltas()).isEqualTo(PIECES);
            assertPagesHave(answer);
            assertThat(breaks()).allMatch(times -> times >= CUTS);
            System.out.println("broken connections of each client: " + breaks());
        }
    }

    /** Streams the pieces at the speed of the slowest client, and removes a gateway half-way. */
    private void stream(List<String> pieces, List<ReconnectingClient> clients) {
        TurnScript script = fixture.agent().script(QUESTION);
        int sent = 0;
        boolean removed = false;
        while (sent < PIECES) {
            int until = Math.min(PIECES, sent + MAX_AHEAD / 4);
            for (; sent < until; sent++) {
                // A stage event between two pieces prevents that they are merged into one event.
                script.delta(pieces.get(sent)).stage("piece " + sent);
            }
            int least = Math.max(0, sent - MAX_AHEAD);
            waitFor(clients, () -> received(clients).allMatch(deltas -> deltas >= least));
            if (!removed && sent > PIECES / 2) {
                removed = true;
                proxies().forEach(proxy -> proxy.removeGateway(other));
            }
        }
        script.complete();
        waitFor(
                clients,
                () -> clients.stream().allMatch(ReconnectingClient::hasEnded)
                        && pages.stream()
                                .noneMatch(page -> page.evaluate("seen.status").equals("")));
    }

    /** Waits for the condition while the browser continues to run. */
    private void waitFor(List<ReconnectingClient> clients, BooleanSupplier condition) {
        try {
            pages.getFirst().waitForCondition(condition, new Page.WaitForConditionOptions().setTimeout(30_000));
        } catch (TimeoutError stuck) {
            throw new AssertionError(
                    "no progress, clients have %s pieces, seed %d"
                            .formatted(received(clients).boxed().toList(), SEED),
                    stuck);
        }
    }

    /** Returns the number of pieces that each client has received. */
    private IntStream received(List<ReconnectingClient> clients) {
        return IntStream.concat(
                clients.stream().mapToInt(ReconnectingClient::deltas),
                pages.stream().mapToInt(page -> (int) page.evaluate("seen.deltas")));
    }

    private void assertPagesHave(String answer) {
        for (Page page : pages) {
            assertThat(page.evaluate("seen.text")).as("seed %d", SEED).isEqualTo(answer);
            assertThat(page.evaluate("seen.view")).as("seed %d", SEED).isEqualTo(answer);
            assertThat(page.evaluate("seen.gap")).isEqualTo(false);
        }
    }

    /** Returns the number of broken connections of each client. */
    private List<Integer> breaks() {
        return proxiesByClient.stream()
                .map(proxies -> proxies.stream().mapToInt(FlakyProxy::breaks).sum())
                .toList();
    }

    /** Returns the pieces, each with a number and up to eleven characters of one to four bytes. */
    private List<String> pieces() {
        List<String> letters = new ArrayList<>(List.of("a", "b", " ", "ü", "ß", "€", "\u2028", "🚀", "\"", "\\", "\n"));
        return IntStream.range(0, PIECES)
                .mapToObj(i -> {
                    Collections.shuffle(letters, random);
                    return i + ":" + String.join("", letters.subList(0, 1 + random.nextInt(letters.size())));
                })
                .toList();
    }
}
