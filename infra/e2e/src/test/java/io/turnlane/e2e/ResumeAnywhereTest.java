package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import io.turnlane.e2e.PromptedAgent.Part;
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
 * One long answer, five ways to follow it, and connections that break in the middle of anything; each time it goes on
 * at the other of two gateways, one of which is lost half-way. Every client ends with the answer, byte by byte.
 *
 * <p>{@code -Dcuts=100} is the full form, with 2,000 pieces.
 */
@ExtendWith(PageTests.class)
@Timeout(600)
class ResumeAnywhereTest {

    private static final int CUTS = Integer.getInteger("cuts", 20);
    private static final int PIECES = 20 * CUTS;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    /** So far the agent may be ahead of the slowest client: breaks happen where the stream is live, and behind it. */
    private static final int AHEAD = 100;

    /** With a little more than 600 bytes a piece, this breaks more often than is asked for. */
    private static final int LONGEST_LIFE = 15_000;

    private static final String QUESTION = "What is the longest answer?";

    /** Follows a request and a session with the page's own client, and counts on the page. */
    private static final String FOLLOW = """
            async ({ session, request, socket }) => {
              const { Turnlane, Turn } = await import('/js/turnlane-client.js');
              const { TurnlaneSocket } = await import('/js/turnlane-socket.js');
              const turn = new Turn(request);
              const seen = window.seen = { deltas: 0, text: '', view: '', gap: false, status: '', listens: false };
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
                stream = new TurnlaneSocket(url, { onEvent, onState, onRestored: () => { seen.listens = true; } });
                stream.subscribe(session);
              } else {
                stream = new Turnlane().streamRequest(session, request, { onEvent, onState });
              }
            }""";

    private final Random random = new Random(SEED);
    private final PageStage stage;
    private final URI one;
    private final URI other;
    /** Each client's own; the Java client has two. */
    private final List<List<BreakingCable>> ways = new ArrayList<>();

    private final List<Page> pages = new ArrayList<>();

    ResumeAnywhereTest(PageStage stage) {
        System.out.println("seed " + SEED);
        this.stage = stage;
        this.one = stage.address();
        this.other = stage.anotherGateway();
    }

    @AfterEach
    void takeTheCablesAway() throws IOException {
        for (BreakingCable cable : cables().toList()) {
            cable.close();
        }
    }

    private Stream<BreakingCable> cables() {
        return ways.stream().flatMap(List::stream);
    }

    /** A way of one more client; its addresses. */
    private List<URI> way(List<List<URI>> gateways) throws IOException {
        List<BreakingCable> way = new ArrayList<>();
        for (List<URI> ofOneCable : gateways) {
            way.add(new BreakingCable(ofOneCable, new Random(random.nextLong()), LONGEST_LIFE));
        }
        ways.add(way);
        return way.stream().map(BreakingCable::address).toList();
    }

    private URI wayToBoth() throws IOException {
        return way(List.of(List.of(one, other))).getFirst();
    }

    private Page page() throws IOException {
        URI address = wayToBoth();
        Page page = stage.visitor().through(address).raw();
        // Any file of the page's own host; the page itself would follow its sessions, too.
        page.navigate(address + "/js/turnlane-client.js");
        pages.add(page);
        return page;
    }

    @Test
    void everyClientHasTheAnswerByteByByte() throws Exception {
        try (Client client = new Client(one)) {
            String session = client.post("/v1/sessions", Map.of()).text("session_id");
            Page withSocket = page();
            withSocket.evaluate(FOLLOW, Map.of("session", session, "request", "", "socket", true));
            withSocket.waitForCondition(() -> (boolean) withSocket.evaluate("seen.listens"));
            CutOffClient.Socket socket = new CutOffClient.Socket(wayToBoth());
            socket.follow(session, "");
            Awaitility.await().until(socket::listens);
            String path = client.post("/v1/sessions/" + session + "/requests", Map.of("question", QUESTION))
                    .header("Location");
            String request = path.substring(path.lastIndexOf('/') + 1);
            Page withStreams = page();
            withStreams.evaluate(FOLLOW, Map.of("session", session, "request", request, "socket", false));
            CutOffClient sse = new CutOffClient.Sse(wayToBoth()).follow(session, request);
            CutOffClient java =
                    new CutOffClient.Java(way(List.of(List.of(one), List.of(other)))).follow(session, request);
            cables().forEach(cable -> cable.breakSoOften(CUTS));

            List<String> pieces = pieces();
            converse(pieces, List.of(socket, sse, java));

            String answer =
                    (String) client.get(path + "?wait=20").object("answer").get("text");
            assertThat(answer).isEqualTo(String.join("", pieces));
            for (CutOffClient each : List.of(socket, sse, java)) {
                assertThat(each.text()).as("%s, seed %d", each, SEED).isEqualTo(answer);
                assertThat(each.sawGap()).isFalse();
            }
            assertThat(sse.deltas()).isEqualTo(PIECES);
            assertPagesHave(answer);
            assertThat(breaks()).allMatch(times -> times >= CUTS);
            System.out.println("cut off " + breaks());
        }
    }

    /** Says the pieces as the slowest can take them, and loses a gateway half-way. */
    private void converse(List<String> pieces, List<CutOffClient> clients) {
        Part part = stage.agent().part(QUESTION);
        int said = 0;
        boolean lost = false;
        while (said < PIECES) {
            int until = Math.min(PIECES, said + AHEAD / 4);
            for (; said < until; said++) {
                // Events of another kind in between: else pieces that come together leave together.
                part.says(pieces.get(said)).stage("piece " + said);
            }
            int behind = Math.max(0, said - AHEAD);
            waitFor(clients, () -> seen(clients).allMatch(deltas -> deltas >= behind));
            if (!lost && said > PIECES / 2) {
                lost = true;
                cables().forEach(cable -> cable.lose(other));
            }
        }
        part.ends();
        waitFor(
                clients,
                () -> clients.stream().allMatch(CutOffClient::hasEnded)
                        && pages.stream()
                                .noneMatch(page -> page.evaluate("seen.status").equals("")));
    }

    /** While the browser goes on. */
    private void waitFor(List<CutOffClient> clients, BooleanSupplier condition) {
        try {
            pages.getFirst().waitForCondition(condition, new Page.WaitForConditionOptions().setTimeout(30_000));
        } catch (TimeoutError stuck) {
            throw new AssertionError(
                    "stuck with %s, seed %d".formatted(seen(clients).boxed().toList(), SEED), stuck);
        }
    }

    /** How many pieces each client has. */
    private IntStream seen(List<CutOffClient> clients) {
        return IntStream.concat(
                clients.stream().mapToInt(CutOffClient::deltas),
                pages.stream().mapToInt(page -> (int) page.evaluate("seen.deltas")));
    }

    private void assertPagesHave(String answer) {
        for (Page page : pages) {
            assertThat(page.evaluate("seen.text")).as("seed %d", SEED).isEqualTo(answer);
            assertThat(page.evaluate("seen.view")).as("seed %d", SEED).isEqualTo(answer);
            assertThat(page.evaluate("seen.gap")).isEqualTo(false);
        }
    }

    /** How often each client was cut off. */
    private List<Integer> breaks() {
        return ways.stream()
                .map(way -> way.stream().mapToInt(BreakingCable::breaks).sum())
                .toList();
    }

    /** Of one to twenty characters, some of them of two, three and four bytes. */
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
