package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.e2e.Client.ClientReply;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Usage of a chat agent, from the model to the budget of a user. The model is a double. */
class UsageTest {

    /** The double reports 12 tokens in and 7 tokens out. */
    private static final Behaviour NORMAL = Behaviour.events(ModelStream.answer("A lane is a queue."));

    private static final Map<String, Object> ONE_CALL =
            Map.of("model_calls", 1, "input_tokens", 12, "output_tokens", 7, "cost", 0.00002, "currency", "EUR");

    private static final int TOKENS = 19;

    private static HttpDouble model;
    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        model = new HttpDouble(NORMAL);
        turnlane = RunningTurnlane.start(2, "--turnlane.processor.usage.currency=EUR");
        client = new Client(turnlane.address());
        Map<String, Object> definition = Map.of(
                "type",
                "chat",
                "model",
                "m",
                "url",
                model.url("/v1").toString(),
                "price",
                Map.of("input", 0.5, "output", 2));
        assertThat(client.send("PUT", "/v1/agents/priced", definition).status()).isEqualTo(201);
    }

    @BeforeEach
    void behaveNormally() {
        model.behave(NORMAL);
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        model.close();
    }

    @Test
    void theUsageOfAnAnswerIsShownInTheRequestTheSessionAndTheStatistics() {
        ClientReply done = ask(client);
        assertThat(done.object("answer").get("usage")).isEqualTo(ONE_CALL);
        assertThat(done.object("usage")).isEqualTo(ONE_CALL);
        assertThat(client.get(link(done)).object("usage")).isEqualTo(ONE_CALL);
        assertThat(client.get("/v1/sessions/" + session).object("usage")).isEqualTo(ONE_CALL);
        Eventually.holds(() -> assertThat(client.get("/api/stats").list("usage"))
                .anySatisfy(usage ->
                        assertThat(usage).containsEntry("agent", "priced").containsEntry("provider", "other")));
    }

    @Test
    void anEndlessStreamEndsWithUsageLimitAndItsUsage() {
        model.behave(Behaviour.endless(_ -> ModelStream.text("twelve bytes"), Duration.ZERO));
        ClientReply failed = ask(client);
        assertThat(failed.object("error").get("code")).isEqualTo("usage_limit");
        assertThat(failed.object("usage").get("model_calls")).isEqualTo(1);
        assertThat((int) failed.object("usage").get("output_tokens")).isGreaterThan(19_000);
    }

    @Test
    void aUserWithAnExhaustedBudgetAsksAgainTomorrow() {
        int used = tokensToday();
        Client limited = new Client(turnlane.addGateway(
                "--turnlane.limits.without-authentication=true",
                "--turnlane.budgets.user-tokens=" + (used + 2 * TOKENS)));
        for (int i = 1; i <= 2; i++) {
            assertThat(ask(limited).text("status")).isEqualTo("completed");
            assertThat(tokensToday()).isEqualTo(used + i * TOKENS);
        }
        ClientReply rejected = limited.ask(session, "?", Map.of());
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.text("code")).isEqualTo("budget_exhausted");
        assertThat(rejected.text("detail"))
                .contains("renewed at " + LocalDate.now(ZoneOffset.UTC).plusDays(1) + "T00:00:00Z");
        assertThat(Integer.parseInt(rejected.header("Retry-After"))).isBetween(1, 86_400);
        assertThat(limited.get("/v1/usage").object("budget").get("tokens")).isEqualTo(used + 2 * TOKENS);
        assertThat(ask(client).status()).as("at a gateway without a budget").isEqualTo(200);
    }

    private static int tokensToday() {
        Map<String, Object> usage = client.get("/v1/usage").object("usage");
        return (int) usage.get("input_tokens") + (int) usage.get("output_tokens");
    }

    @SuppressWarnings("unchecked")
    private static String link(ClientReply request) {
        return ((Map<String, String>) (Map<?, ?>) request.object("links")).get("self");
    }

    private ClientReply ask(Client asker) {
        return asker.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", "What is a lane?", "agent", "priced"),
                "Prefer",
                "wait=30");
    }
}
