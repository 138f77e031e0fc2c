package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.turnlane.gateway.guard.keys.KeySecret;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The console of operators, against a running Turnlane. {@link PageExtension} checks its console for errors. */
@ExtendWith(PageExtension.class)
class ConsolePageTest {

    private final PageFixture fixture;
    private final PromptedAgent agent;

    ConsolePageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
    }

    private static void ask(Client client, String session, String question) {
        Client.ClientReply asked =
                client.post("/v1/sessions/" + session + "/requests", Map.of("question", question, "agent", "prompted"));
        assertThat(asked.status()).isEqualTo(202);
    }

    private static Locator rowOf(ChatPage page, String table, String text) {
        return page.at(table).locator("tbody tr").filter(new Locator.FilterOptions().setHasText(text));
    }

    @Test
    void showsWhichTurnHoldsALaneAndItsPartitionAndCancelsIt() {
        ChatPage page = fixture.visitor();
        String session = "console-" + UUID.randomUUID();
        try (Client client = new Client(fixture.address())) {
            ask(client, session, "held");
            ask(client, session, "behind it");
            page.open("/console");
            assertThat(page.at("stamp")).hasText("live");
            assertThat(page.at("figure-running")).hasText(Pattern.compile("[1-9].*"));
            assertThat(page.at("plot-rate").locator("path").first()).hasAttribute("d", Pattern.compile("M.+L.+"));
            check(page, "40-console-now");

            page.press("2");
            assertThat(page.at("title")).hasText("Lanes");
            page.press("/");
            page.raw().keyboard().type(session);
            Locator lane = rowOf(page, "lanes", session);
            assertThat(lane).hasCount(1);
            assertThat(lane).containsText("running");
            assertThat(lane.locator("td").nth(5)).hasText("2");
            assertThat(page.raw()).hasURL(Pattern.compile("#lanes\\?session=" + session));
            page.raw().reload();
            assertThat(page.at("filter-session")).hasValue(session);
            assertThat(rowOf(page, "lanes", session)).hasCount(1);
            page.at("filter-state").selectOption("ready");
            assertThat(rowOf(page, "lanes", session)).hasCount(0);
            page.at("filter-state").selectOption("");
            check(page, "41-console-lanes");

            page.at("view-processors").click();
            Locator partition = rowOf(page, "partitions", session);
            assertThat(partition).hasCount(1);
            check(page, "42-console-processors");
            partition.getByRole(AriaRole.LINK).click();

            assertThat(page.at("figure-session")).hasText(session);
            assertThat(page.at("figure-open")).hasText("2");
            assertThat(page.at("requests").locator("tbody tr")).hasCount(2);
            Locator running = rowOf(page, "requests", "running");
            check(page, "43-console-session");
            running.getByTestId("cancel").click();
            assertThat(page.at("confirm-text")).containsText(session);
            page.at("confirm-yes").click();
            assertThat(running.or(rowOf(page, "requests", "cancelled")).first()).isVisible();
            page.at("view-lanes").click();
            agent.script("behind it").complete();
            assertThat(rowOf(page, "lanes", session)).hasCount(0);
        }
    }

    @Test
    void namesAWaveOfFailuresAndRedrivesThem() {
        ChatPage page = fixture.visitor().open("/console");
        String session = "wave-" + UUID.randomUUID();
        try (Client client = new Client(fixture.address())) {
            for (int i = 0; i < 20; i++) {
                agent.script(session + i).failPermanently(ErrorCode.AGENT_ERROR, "The model is unavailable.");
                ask(client, session, session + i);
            }
            Locator problem = page.at("problems").locator("[data-code=many_failures]");
            assertThat(problem).containsText(Pattern.compile("failed in the last minute and are in quarantine"));
            assertThat(problem).containsText("agent_error of the agent prompted");
            assertThat(page.at("health")).hasAttribute("data-level", "failure");
            check(page, "44-console-wave");

            page.at("view-quarantine").click();
            Locator group = page.at("group").filter(new Locator.FilterOptions().setHasText("agent_error"));
            Locator first =
                    group.getByTestId("quarantined").filter(new Locator.FilterOptions().setHasText(session + "19"));
            assertThat(first).hasCount(1);
            check(page, "45-console-quarantine");
            agent.script(session + "19").delta("repaired").complete();
            first.getByTestId("redrive").click();
            page.at("confirm-no").click();
            assertThat(first).not().containsText("Asked again");
            first.getByTestId("redrive").click();
            page.at("confirm-yes").click();
            assertThat(first).containsText("Asked again as");

            page.press("8");
            page.at("search-session").fill(session);
            page.at("search-code").fill("agent_error");
            page.at("search").click();
            assertThat(page.at("found").locator("tbody tr")).hasCount(20);
            check(page, "49-console-search");
            page.at("found").getByRole(AriaRole.LINK).first().click();
            assertThat(page.at("figure-session")).hasText(session);
        }
    }

    @Test
    void showsTheEdgesAndTheAgents() {
        ChatPage page = fixture.visitor().open("/console#gateways");
        assertThat(page.at("gateways").locator("tbody tr").first()).containsText("reachable");
        assertThat(page.at("backends")).containsText("Redis answers. Kafka answers");
        check(page, "46-console-gateways");
        page.press("5");
        assertThat(rowOf(page, "agents", "prompted")).hasCount(1);
        check(page, "47-console-agents");
        page.press("?");
        assertThat(page.at("keys")).isVisible();
        assertThat(page.accessibilityViolations()).isEmpty();
        page.press("Escape");
    }

    @Test
    void requiresAKeyWithTheScopeOpsAndHidesQuestionsWithoutTheScopeContent() throws Exception {
        ChatPage page = fixture.visitorWithoutKey().expectStatus(401, 403);
        String reader = key(Scope.ASK, Scope.READ);
        String operator = key(Scope.OPS);
        page.open("/console");
        assertThat(page.at("access")).isVisible();
        check(page, "48-console-key");
        enter(page, reader);
        assertThat(page.at("ended")).containsText("lacks the scope ops");
        page.at("ended").getByRole(AriaRole.BUTTON).click();
        enter(page, operator);
        assertThat(page.at("stamp")).hasText("live");

        String secret = "secret-" + UUID.randomUUID();
        agent.script(secret).failPermanently(ErrorCode.AGENT_ERROR, "The model is unavailable.");
        try (Client client = new Client(fixture.address())) {
            ask(client, secret, secret);
            page.at("view-quarantine").click();
            Locator quarantined = page.at("quarantined")
                    .filter(new Locator.FilterOptions().setHasText("Session " + secret))
                    .first();
            page.raw().waitForCondition(() -> {
                page.at("reload").click();
                return quarantined.isVisible();
            });
            assertThat(quarantined).containsText("The question is hidden");
            quarantined.getByRole(AriaRole.LINK).click();
            assertThat(page.at("requests").locator("tbody tr")).hasCount(1);
            assertThat(page.at("memory-note")).containsText("hidden");
        }
    }

    private String key(Scope... scopes) throws Exception {
        KeySecret key = KeySecret.random(new SecureRandom());
        fixture.turnlane().keys().publish(key.stored("olga", Set.of(scopes), "test", Instant.now(), null));
        return key.reveal();
    }

    private static void enter(ChatPage page, String key) {
        page.at("access-key").fill(key);
        page.at("access-key").press("Enter");
    }

    /** Takes screenshots in both sizes and themes, and checks that the view is accessible. */
    private static void check(ChatPage page, String state) {
        page.takeScreenshots(state);
        assertThat(page.accessibilityViolations()).as(state).isEqualTo(List.of());
    }
}
