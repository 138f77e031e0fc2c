package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.TestBackends;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import io.turnlane.model.RequestId;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.IncomingJson;
import io.turnlane.model.json.JsonLimits;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.system.ReplayApplication;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Whatever Turnlane accepts can later be processed by every other function. The test sends random documents. The
 * gateway must reject or accept each of them. Everything that it accepts must be readable, listed, streamed, exported,
 * imported under its checksum with the same content, forked, and replayed.
 *
 * <p>Documents are bodies of sessions, changes and questions, exported sessions, and answers of agents. To repeat a
 * run, set the system property {@code seed} to the seed that the test printed. {@code -Ddocuments=10000} is the long
 * form.
 */
@Timeout(180)
class AcceptedDocumentsTest {

    /** Number of accepted documents after which the test ends. */
    private static final int DOCUMENTS = Integer.getInteger("documents", 3_000);

    private static final long SEED = Long.getLong("seed", new Random().nextLong());
    private static final int QUESTIONS_PER_SESSION = 10;
    private static final int IMPORTS_PER_SESSION = 2;
    private static final int CONCURRENT_SESSIONS = 16;
    private static final int REPLAYS = 20;

    private static RunningTurnlane turnlane;
    private static Client client;

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Queue<String> created = new ConcurrentLinkedQueue<>();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(
                8, List.of(new RandomAgent()), "--turnlane.agents.default=random", "--logging.level.io.turnlane=warn");
        client = new Client(turnlane.address(), 20);
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
    }

    @Test
    void everyAcceptedDocumentCanBeProcessedByEveryLaterStep() throws Exception {
        System.out.println("AcceptedDocumentsTest: -Dseed=" + SEED);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < CONCURRENT_SESSIONS; i++) {
                workers.add(threads.submit(this::work));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
        System.out.printf("AcceptedDocumentsTest: %s accepted, %s rejected%n", accepted, rejected);
        assertThat(rejected.get()).as("number of rejected documents").isGreaterThan(DOCUMENTS / 50);
        assertAllAreListed();
        assertReplaysAreEqual();
        assertThat(client.get("/v1/quarantine?limit=100").list("turns"))
                .as("records that could not be processed")
                .allSatisfy(turn -> assertThat(turn.get("error")).asString().contains("usage_limit"));
    }

    private void work() {
        while (accepted.get() < DOCUMENTS) {
            long seed = SEED + sessions.getAndIncrement();
            try {
                useOneSession(new RandomDocuments(seed, 0.02));
            } catch (Throwable e) {
                accepted.addAndGet(DOCUMENTS); // ends the other workers
                throw new AssertionError("with -Dseed=" + seed, e);
            }
        }
    }

    private void useOneSession(RandomDocuments random) {
        String sent = random.session();
        ClientReply reply = client.postRaw("/v1/sessions", sent, "application/json");
        if (isAccepted(reply, sent)) {
            assertThat(canonical(reply.object("metadata"))).as(sent).isEqualTo(canonical(metadataOf(parse(sent))));
        }
        String session = reply.status() == 201 ? reply.text("session_id") : random.sessionId();
        String lastTurn = null;
        for (int i = 0; i < QUESTIONS_PER_SESSION; i++) {
            lastTurn = ask(session, random.question(), lastTurn);
        }
        if (lastTurn != null) {
            change(session, random.change());
            assertReadable(session);
            assertExportIsEqualAfterImport(session, random.sessionId());
            fork(session, lastTurn, random);
        }
        for (int i = 0; i < IMPORTS_PER_SESSION; i++) {
            importInto(random.sessionId(), random.export());
        }
    }

    /** Asks and returns the request id, or {@code lastTurn} if no turn was completed. */
    private String ask(String session, String sent, String lastTurn) {
        ClientReply asked = client.postRaw(path(session) + "/requests", sent, "application/json");
        if (!isAccepted(asked, sent)) {
            return lastTurn;
        }
        List<Event> events = client.stream(asked.header("Location") + "/events");
        accepted.incrementAndGet(); // the answer
        events.forEach(event -> IncomingJson.check(Client.JSON.writeValueAsString(event.data())));
        Event end = events.getLast();
        assertThat(asked.text("question")).isEqualTo(parse(sent).get("question"));
        if (end.type().equals("failed")) {
            assertThat(end.data().get("error"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("code", "usage_limit");
            return lastTurn;
        }
        assertThat(end.type()).isEqualTo("completed");
        assertThat(end.answer())
                .isEqualTo(events.stream()
                        .filter(event -> event.type().equals("delta"))
                        .map(Event::text)
                        .collect(Collectors.joining()));
        answered.add(asked.text("request_id"));
        return asked.text("request_id");
    }

    private void change(String session, String sent) {
        ClientReply changed = client.sendRaw("PATCH", path(session), sent);
        if (isAccepted(changed, sent)) {
            assertThat(endOf(changed)).isEqualTo("completed");
        }
    }

    private void importInto(String session, String sent) {
        ClientReply imported = client.put(path(session) + "/import", sent);
        if (!isAccepted(imported, sent)) {
            return;
        }
        assertThat(endOf(imported)).as(sent).isEqualTo("completed");
        ClientReply context = assertReadable(session);
        Map<?, ?> content = (Map<?, ?>) parse(sent).get("session");
        assertThat(canonical(context.object("metadata"))).isEqualTo(canonical(metadataOf(content)));
        assertExportIsEqualAfterImport(session, "copy-of-" + session.substring(0, Math.min(36, session.length())));
        ask(session, "{\"question\":\"still?\"}", null);
        ClientReply later = client.get(path(session) + "/export");
        ClientReply again = client.put(path(session) + "/import", later.raw().body());
        assertThat(endOf(again)).as("import of an export after a further turn").isEqualTo("completed");
    }

    private void fork(String session, String after, RandomDocuments random) {
        String into = random.sessionId();
        String sent = random.fork(after, into);
        ClientReply forked = client.postRaw(path(session) + "/fork", sent, "application/json");
        if (isAccepted(forked, sent)) {
            assertThat(endOf(forked)).as(sent).isEqualTo("completed");
            assertThat(client.get(path(into) + "/export").status()).isEqualTo(200);
            created.add(into);
        }
    }

    /** Reads the session in every way and returns its context. */
    private ClientReply assertReadable(String session) {
        created.add(session);
        for (String one : List.of("/turns", "/requests?limit=100", "/export")) {
            ClientReply read = client.get(path(session) + one);
            assertThat(read.status())
                    .as(session + one + ": " + read.raw().body())
                    .isEqualTo(200);
            IncomingJson.check(read.raw().body());
        }
        ClientReply context = client.get(path(session));
        assertThat(context.status()).isEqualTo(200);
        JsonLimits.check(context.object("metadata"));
        return context;
    }

    private void assertExportIsEqualAfterImport(String session, String into) {
        ClientReply export = client.get(path(session) + "/export");
        assertThat(export.json()).containsEntry("damaged", 0);
        Map<String, Object> content = new LinkedHashMap<>(export.json());
        assertThat(content.remove("checksum")).isEqualTo(CanonicalJson.checksum(content));
        ClientReply imported = client.put(path(into) + "/import", export.raw().body());
        assertThat(imported.status()).as(imported.raw().body()).isEqualTo(202);
        accepted.incrementAndGet(); // the exported document
        assertThat(endOf(imported)).isEqualTo("completed");
        ClientReply copy = client.get(path(into) + "/export");
        assertThat(sameInCopies(copy)).as(export.raw().body()).isEqualTo(sameInCopies(export));
        created.add(into);
    }

    /** Returns the parts of an export that an import restores. */
    private static String sameInCopies(ClientReply export) {
        Map<String, Object> session = new LinkedHashMap<>(export.object("session"));
        session.remove("session_id");
        session.remove("last_activity");
        return canonical(List.of(session, export.list("turns")));
    }

    private boolean isAccepted(ClientReply reply, String sent) {
        assertThat(reply.status()).as(sent + " -> " + reply.raw().body()).isBetween(200, 499);
        boolean isAccepted = reply.status() < 300;
        (isAccepted ? accepted : rejected).incrementAndGet();
        if (!isAccepted) {
            assertThat(reply.contentType()).isEqualTo("application/problem+json");
        }
        return isAccepted;
    }

    private static String endOf(ClientReply command) {
        return client.get(command.header("Location") + "?wait=30").text("status");
    }

    private void assertAllAreListed() {
        Set<String> listed = new HashSet<>();
        String cursor = "";
        while (cursor != null) {
            ClientReply page = client.get("/v1/sessions?limit=100" + cursor);
            assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
            page.list("sessions").forEach(one -> listed.add((String) one.get("session_id")));
            cursor = page.text("next") == null ? null : "&cursor=" + page.text("next");
        }
        assertThat(listed).containsAll(created);
    }

    private void assertReplaysAreEqual() {
        List<String> settings = new ArrayList<>(TestBackends.shared().springArguments());
        settings.add("--turnlane.topics.prefix=" + turnlane.prefix());
        try (ConfigurableApplicationContext replays = ReplayApplication.application()
                .initializers((GenericApplicationContext context) ->
                        context.registerBean(RandomAgent.class, RandomAgent::new))
                .run(settings.toArray(String[]::new))) {
            TurnReplay replay = replays.getBean(TurnReplay.class);
            assertThat(answered.stream().limit(REPLAYS))
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(replay.replay(RequestId.parse(request), null))
                            .hasValueSatisfying(replayed -> assertThat(replayed.isSame())
                                    .as("the replay has the recorded answer")
                                    .isTrue()));
        }
    }

    /** Returns the metadata in a document; absent metadata is an empty object. */
    private static Object metadataOf(Map<?, ?> document) {
        Object metadata = document.get("metadata");
        return metadata == null ? Map.of() : metadata;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> parse(String json) {
        return Client.JSON.readValue(json, Map.class);
    }

    private static String canonical(Object value) {
        return new String(CanonicalJson.of(value), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String path(String session) {
        return "/v1/sessions/" + session;
    }
}
