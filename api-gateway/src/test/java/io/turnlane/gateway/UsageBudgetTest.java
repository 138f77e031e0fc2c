package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.StoredUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Budgets of users and sessions. The processors that count their usage are played by the test. */
@Timeout(60)
class UsageBudgetTest {

    private static final Usage USAGE = new Usage(2, 900, 100, 0.25, "USD");

    private static TestGateway gateway;
    private static TestProcessor processor;
    private static TestKeys keys;

    private final String user = "u-" + UUID.randomUUID();
    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                TestKeys.MODE,
                "turnlane.budgets.user-tokens=1000",
                "turnlane.budgets.user-cost=2.5",
                "turnlane.budgets.session-tokens=500");
        processor = new TestProcessor(gateway);
        keys = new TestKeys(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void aUserWhoHasUsedTheBudgetIsRejectedUntilTheNextDay() {
        KeyedClient client = client();
        assertThat(client.ask(session, "?").status()).isEqualTo(202);
        use(new Usage(1, 900, 99, 0.1, "USD"));
        assertThat(client.ask(session, "?").status()).as("one token is left").isEqualTo(202);
        use(USAGE);
        HttpReply rejected = client.ask(session, "?");
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.text("code")).isEqualTo("budget_exhausted");
        Instant renewal = tomorrow();
        assertThat(rejected.text("detail")).contains("is renewed at " + renewal);
        long left = Duration.between(Instant.now(), renewal).toSeconds();
        assertThat(Long.parseLong(rejected.header("Retry-After"))).isBetween(left - 60, left + 60);
        assertThat(client.get("/v1/sessions/" + session).status()).as("reading").isEqualTo(200);
        assertThat(newUser("other-" + user).ask(session, "?").status())
                .as("another user")
                .isEqualTo(202);
    }

    @Test
    void aUserWhoHasUsedTheCostOfTheBudgetIsRejected() {
        KeyedClient client = client();
        use(new Usage(1, 1, 1, 2.5, "USD"));
        assertThat(client.ask(session, "?").text("code")).isEqualTo("budget_exhausted");
    }

    @Test
    void aRetryOfAnAcceptedQuestionIsNotRejected() {
        KeyedClient client = client();
        HttpReply first = askWithKey(client);
        use(USAGE);
        HttpReply again = askWithKey(client);
        assertThat(again.status()).isBetween(200, 202);
        assertThat(again.text("request_id")).isEqualTo(first.text("request_id"));
    }

    @Test
    void aSessionThatHasUsedItsBudgetAcceptsNoQuestions() {
        KeyedClient client = client();
        assertThat(client.ask(session, "?").status()).isEqualTo(202);
        MemoryKeys stored = new MemoryKeys(SessionKey.of(user, new SessionId(session)));
        processor.redis().sync().hset(stored.context(), "usage", bytes(StoredUsage.of(USAGE)));
        HttpReply rejected = client.ask(session, "?");
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.text("code")).isEqualTo("budget_exhausted");
        assertThat(rejected.text("detail")).contains("Start a new session");
        assertThat(rejected.header("Retry-After"))
                .as("a session's budget is not renewed")
                .isNull();
        assertThat(client.ask(session + "-new", "?").status()).isEqualTo(202);
        assertThat(client.get("/v1/sessions/" + session)
                        .json()
                        .at("/usage/model_calls")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void aUserSeesTheUsageOfTheDayAndTheBudget() {
        KeyedClient client = client();
        assertThat(client.get("/v1/usage").json().at("/usage/model_calls").asInt())
                .isZero();
        use(USAGE);
        HttpReply reply = client.get("/v1/usage");
        assertThat(reply.json().at("/usage/input_tokens").asInt()).isEqualTo(900);
        assertThat(reply.json().at("/usage/cost").asDouble()).isEqualTo(0.25);
        assertThat(reply.json().at("/usage/currency").asString()).isEqualTo("USD");
        assertThat(reply.json().at("/budget/tokens").asInt()).isEqualTo(1000);
        assertThat(reply.json().at("/budget/cost").asDouble()).isEqualTo(2.5);
        assertThat(Instant.parse(reply.text("renewed_at"))).isEqualTo(tomorrow());
    }

    @Test
    void aFinishedRequestHasTheUsageOfItsTurn() {
        KeyedClient client = client();
        HttpReply asked = client.ask(session, "?");
        String request = asked.header("Location");
        assertThat(client.get(request).json().has("usage"))
                .as("no model was called yet")
                .isFalse();
        MemoryKeys stored = new MemoryKeys(SessionKey.of(user, new SessionId(session)));
        processor
                .redis()
                .sync()
                .hset(
                        stored.request(RequestId.parse(asked.text("request_id"))),
                        MemoryKeys.USAGE,
                        bytes(StoredUsage.of(USAGE)));
        assertThat(client.get(request).json().at("/usage/output_tokens").asInt())
                .isEqualTo(100);
        assertThat(client.get(request).json().at("/usage/cost").asDouble()).isEqualTo(0.25);
    }

    private static Instant tomorrow() {
        return LocalDate.now(ZoneOffset.UTC)
                .plusDays(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    private KeyedClient client() {
        return newUser(user);
    }

    private static KeyedClient newUser(String user) {
        String key = keys.create(user, Scope.ASK, Scope.READ);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.get("/actuator/prometheus", KeyedClient.bearer(key))
                                .status()
                        == 403);
        return new KeyedClient(gateway, key);
    }

    /** Stores the usage of the user on this day, as a processor does. */
    private void use(Usage usage) {
        String key = MemoryKeys.usageOfUser(SessionKey.namespaceOf(user), LocalDate.now(ZoneOffset.UTC));
        processor.redis().sync().hset(key, MemoryKeys.USAGE, bytes(StoredUsage.of(usage)));
    }

    private HttpReply askWithKey(KeyedClient client) {
        String path = "/v1/sessions/" + session + "/requests";
        String[] headers = {"Authorization", "Bearer " + client.key(), "Idempotency-Key", user};
        return gateway.post(path, "{\"question\":\"?\"}", headers);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
