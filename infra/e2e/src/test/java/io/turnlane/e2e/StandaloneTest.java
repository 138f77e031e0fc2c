package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Standalone.ProgramResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** {@code ./turnlane up}, as a user runs it. */
@Tag("alone")
class StandaloneTest {

    private static final String BUSY = "Hello, is anybody there?";

    @Test
    void isReadyInSecondsAnswersAndRemembersAfterARestart() throws Exception {
        try (Standalone turnlane = Standalone.up();
                Client client = new Client(turnlane.address())) {
            System.out.println("up: ready after " + turnlane.readyAfter().toMillis() + " ms");
            assertThat(turnlane.readyAfter()).isLessThan(Duration.ofSeconds(10));

            ProgramResult asked = turnlane.run("ask", "What is impermanent loss?", "--session", "first");
            assertThat(asked.exitCode()).as(asked.output()).isZero();
            assertThat(asked.output()).containsIgnoringCase("pool").containsIgnoringCase("impermanent loss");
            assertThat(asked.output()).contains("impermanent-loss-01");

            assertThat(turnlane.run("status").exitCode()).isZero();
            ProgramResult second = turnlane.run("up");
            assertThat(second.exitCode()).isNotZero();
            assertThat(second.output()).contains("running", turnlane.address().toString());

            assertThat(turnlane.run("down").exitCode()).isZero();
            assertThat(turnlane.run("status").exitCode()).isNotZero();
            turnlane.start();
            assertThat(client.get("/v1/sessions/first/turns").list("turns"))
                    .extracting(turn -> turn.get("question"))
                    .containsExactly("What is impermanent loss?");
        }
    }

    /**
     * Takes the README's screenshot of the page as this program serves it, with the program's own agents.
     * {@code -Dscreenshots.update=true} writes it to the documentation.
     */
    @Test
    @EnabledIf("isChromiumInstalled")
    void servesThePageThatTheReadmeShows() throws Exception {
        try (Standalone turnlane = Standalone.up("turnlane.processor.drain-budget=100ms");
                Client client = new Client(turnlane.address());
                Playwright playwright = PageFixture.startPlaywright();
                Browser browser = PageFixture.startBrowser(playwright)) {
            NewContextOptions size = new NewContextOptions()
                    .setViewportSize(1280, 800)
                    .setDeviceScaleFactor(2)
                    .setLocale("en-GB");
            ChatPage page = new ChatPage(browser.newContext(size), turnlane.address()).open();
            page.ask("What does a flash loan cost?").hasState("completed");
            client.ask("busy", BUSY, Map.of("delay_ms", 600_000));
            client.ask("busy", "And is anybody there now?", Map.of());
            page.raw().navigate(turnlane.address() + "/#s=busy");
            page.lane(BUSY).hasState("answering, 1 waiting");
            page.at("new-lane").click();
            TurnItem turn = page.ask("What is impermanent loss?");
            turn.hasState("completed");
            assertThat(turn.answer().textContent()).contains("pool");
            assertThat(turn.part("source").count()).isPositive();
            PlaywrightAssertions.assertThat(turn.part("hairline")).hasAttribute("data-state", "measured");
            turn.part("hairline").getByRole(AriaRole.BUTTON).first().click();
            page.field().focus();
            page.awaitAnimations();
            page.saveScreenshot("19-readme");
            if (Boolean.getBoolean("screenshots.update")) {
                page.saveScreenshotTo(Path.of("..", "..", "docs", "images", "page.png"));
            }
            page.raw().setViewportSize(390, 844);
            page.awaitAnimations();
            page.saveScreenshot("19-readme-phone");
            assertThat(page.errors()).isEmpty();
        }
    }

    static boolean isChromiumInstalled() {
        return PageFixture.chromium().isPresent();
    }

    @Test
    void answersEveryAcceptedQuestionOnceAfterItWasKilled() throws Exception {
        try (Standalone turnlane = Standalone.up();
                Client client = new Client(turnlane.address())) {
            Map<String, List<String>> asked = new HashMap<>();
            for (int i = 0; i < 20; i++) {
                String session = "killed-" + UUID.randomUUID();
                asked.put(
                        session,
                        List.of(ask(client, session, 0), ask(client, session, 700), ask(client, session, 700)));
            }
            turnlane.kill();
            turnlane.start();
            System.out.println(
                    "up after SIGKILL: ready after " + turnlane.readyAfter().toMillis() + " ms");
            long start = System.nanoTime();
            asked.forEach((session, requests) -> requests.forEach(request -> assertEnds(client, session, request)));
            System.out.println("all 60 turns ended " + (System.nanoTime() - start) / 1_000_000 + " ms after that");
            asked.forEach((session, requests) -> assertThat(
                            client.get("/v1/sessions/" + session + "/turns").list("turns"))
                    .extracting(turn -> turn.get("request_id"))
                    .containsExactlyElementsOf(requests));
        }
    }

    private static String ask(Client client, String session, int delayMs) {
        ClientReply reply = client.ask(session, "hello", Map.of("delay_ms", delayMs));
        assertThat(reply.status()).isEqualTo(202);
        return reply.text("request_id");
    }

    private static void assertEnds(Client client, String session, String request) {
        ClientReply reply = client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60");
        assertThat(reply.text("status")).isEqualTo("completed");
    }
}
