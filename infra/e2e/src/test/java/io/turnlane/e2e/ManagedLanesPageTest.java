package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lanes on the server: listing, searching, renaming, keeping, exporting and branching them. */
@ExtendWith(PageExtension.class)
class ManagedLanesPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";

    private final PageFixture fixture;
    private final PromptedAgent agent;
    private final ChatPage page;

    ManagedLanesPageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
        page = fixture.visitor().open();
    }

    @Test
    void anotherBrowserFindsARenamedLaneOnTheServer() {
        String title = "Loans " + UUID.randomUUID();
        askAndAwait(LOAN, "In one transaction.");
        page.at("lane-menu").locator("summary").click();
        assertThat(page.at("lane-title")).isFocused();
        page.at("lane-title").fill(title);
        page.takeScreenshots("50-lane-menu");
        assertThat(page.accessibilityViolations()).isEmpty();
        page.at("lane-title").press("Enter");
        assertThat(page.lane(title).root()).isVisible();
        assertThat(page.at("lane-name")).hasText(title);

        ChatPage other = fixture.visitor().open();
        Eventually.holds(() -> {
            other.at("find-lane").fill("");
            other.at("server-lanes").evaluate("e => { e.open = false; }");
            other.at("find-lane").fill(title.toUpperCase(java.util.Locale.ROOT));
            other.raw().waitForTimeout(200);
            assertThat(other.at("server-lane").count()).isEqualTo(1);
        });
        other.takeScreenshots("51-server-lanes");
        assertThat(other.accessibilityViolations()).isEmpty();
        other.at("server-lane").getByText(title).click();
        assertThat(other.turn(LOAN).answer()).hasText("In one transaction.");
        assertThat(other.at("lane-name")).hasText(title);
        other.raw().reload();
        assertThat(other.lane(title).root()).hasCount(1);
    }

    @Test
    void theSearchHidesLanesWithAnotherTitle() {
        askAndAwait(LOAN, "In one transaction.");
        page.at("new-lane").click();
        askAndAwait(PEG, "By collateral.");
        page.at("find-lane").fill("FLASH");
        assertThat(page.lane(LOAN).root()).isVisible();
        assertThat(page.lane(PEG).root()).isHidden();
        page.at("find-lane").fill("");
        assertThat(page.lane(PEG).root()).isVisible();
    }

    @Test
    void theLaneSaysWhenItExpiresAndCanBeKeptLonger() {
        askAndAwait(LOAN, "In one transaction.");
        assertThat(page.at("expiry")).hasText(Pattern.compile("expires in (1 h|59 min)"));
        page.at("lane-menu").locator("summary").click();
        assertThat(page.at("lane-facts")).containsText("1 turn, ");
        assertThat(page.at("lane-facts")).containsText("deletes a lane that nobody uses for 1 hour");
        page.at("keep").locator("input[value='604800']").check();
        assertThat(page.at("expiry")).hasText(Pattern.compile("expires in [67] days"));
        try (Client client = new Client(fixture.address())) {
            Eventually.holds(() ->
                    assertThat(client.get("/v1/sessions/" + session()).json()).containsEntry("ttl_seconds", 604_800));
        }
        page.raw().reload();
        assertThat(page.at("expiry")).hasText(Pattern.compile("expires in [67] days"));
    }

    @Test
    void aChangeThatTheServerDoesNotSaveIsUndone() {
        askAndAwait(LOAN, "In one transaction.");
        Route.FulfillOptions unavailable = new Route.FulfillOptions()
                .setStatus(503)
                .setContentType("application/problem+json")
                .setBody("{\"detail\": \"Kafka does not answer.\"}");
        page.expectUnavailable().raw().route("**/v1/sessions/*", route -> route.fulfill(unavailable));
        page.at("lane-menu").locator("summary").click();
        page.at("keep").locator("input[value='604800']").click();
        assertThat(page.at("undo")).containsText("The server did not save the change: Kafka does not answer.");
        assertThat(page.at("keep").locator("input[value='3600']")).isChecked();
        assertThat(page.at("expiry")).hasText(Pattern.compile("expires in (1 h|59 min)"));

        page.through(page.address()).raw().route("**/v1/sessions/*", Route::abort);
        page.at("lane-title").fill("Another title");
        page.at("lane-title").press("Enter");
        assertThat(page.at("undo")).containsText("The server did not save the change: the server cannot be reached.");
        assertThat(page.at("lane-name")).hasText(LOAN);
    }

    /** The history has only the last ten turns that completed. */
    @Test
    void showsTurnsThatTheHistoryDoesNotHave() {
        for (int i = 1; i <= 12; i++) {
            askAndAwait("Question " + i + "?", "Answer " + i + ".");
        }
        assertThat(page.at("older")).isHidden();
        ChatPage other = fixture.visitor();
        other.raw().navigate(fixture.address() + "/#s=" + session());
        assertThat(other.at("older"))
                .hasText(Pattern.compile("2 earlier turns of this lane are not shown.*the last 10 turns.*"));
        assertThat(other.turns()).hasCount(10);
        other.at("show-earlier").scrollIntoViewIfNeeded();
        other.takeScreenshots("52-older-turns");
        assertThat(other.accessibilityViolations()).isEmpty();

        other.at("show-earlier").focus();
        other.press("Enter");
        assertThat(other.turns()).hasCount(12);
        assertThat(other.turns().first().getByTestId("question")).hasText("Question 1?");
        assertThat(other.turn("Question 1?").answer()).hasText("Answer 1.");
        assertThat(other.turn("Question 2?").root()).isFocused();
        assertThat(other.at("announcements")).containsText("2 earlier turns shown above.");
        assertThat(other.at("older")).isHidden();
        other.raw().reload();
        assertThat(other.turn("Question 1?").answer()).hasText("Answer 1.");
        assertThat(other.at("older")).isHidden();
    }

    @Test
    void showsFailedAndStoppedTurnsAfterAReloadAndInAnotherBrowser() {
        askAndAwait(LOAN, "In one transaction.");
        agent.script("Does it fail?").failPermanently(ErrorCode.USAGE_LIMIT, "It costs too much.");
        page.ask("Does it fail?").hasState("failed");
        agent.script("Is it stopped?").stage("thinking");
        TurnItem stopped = page.ask("Is it stopped?");
        assertThat(stopped.stage()).hasText("thinking");
        page.at("stop").click();
        stopped.hasState("cancelled");
        askAndAwait(PEG, "By collateral.");

        ChatPage phone = fixture.visitorWithPhone();
        phone.raw().navigate(fixture.address() + "/#s=" + session());
        page.raw().reload();
        for (ChatPage each : List.of(page, phone)) {
            assertThat(each.turns().getByTestId("question"))
                    .hasText(new String[] {LOAN, "Does it fail?", "Is it stopped?", PEG});
            assertThat(each.turn("Does it fail?").notice()).containsText("It costs too much.");
            assertThat(each.turn("Is it stopped?").notice()).containsText("Stopped.");
            assertThat(each.turn(PEG).answer()).hasText("By collateral.");
            assertThat(each.at("older")).isHidden();
        }
        phone.takeScreenshots("54-failed-turns");
        assertThat(phone.accessibilityViolations()).isEmpty();
    }

    @Test
    void aLaneIsExportedForImportAndForReading() throws IOException {
        askAndAwait(LOAN, "In one transaction.");
        page.at("lane-menu").locator("summary").click();
        Download json = page.raw().waitForDownload(() -> page.at("export-json").click());
        assertThat(json.suggestedFilename()).isEqualTo("How-does-a-flash-loan-work.json");
        assertThat(Files.readString(json.path())).contains("turnlane.session", "In one transaction.", "sha256:");
        Download text =
                page.raw().waitForDownload(() -> page.at("export-markdown").click());
        assertThat(Files.readString(text.path())).contains("## " + LOAN, "In one transaction.");
    }

    @Test
    void aTurnIsAnsweredAgainInANewLaneThatHasTheTurnsBeforeIt() {
        askAndAwait(LOAN, "In one transaction.");
        askAndAwait(PEG, "By collateral.");
        String before = session();
        agent.script(PEG).delta("By redemption.").complete();
        page.turn(PEG).root().getByLabel("Answer again in a new lane").click();
        assertThat(page.turn(PEG).answer()).hasText("By redemption.");
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        assertThat(session()).isNotEqualTo(before);
        page.lane(PEG).isShown();
        page.lane(LOAN).open();
        assertThat(page.turn(PEG).answer()).hasText("By collateral.");
    }

    @Test
    void aQuestionIsEditedInANewLane() {
        askAndAwait(LOAN, "In one transaction.");
        askAndAwait(PEG, "By collateral.");
        page.turn(PEG).root().getByLabel("Edit the question in a new lane").click();
        assertThat(page.field()).hasValue(PEG);
        assertThat(page.turns()).hasCount(1);
        askAndAwait("What is a peg?", "A fixed price.");
        assertThat(page.turns()).hasCount(2);
    }

    @Test
    void theUserChoosesTheAgentOfALane() {
        page.at("policy-menu").locator("summary").click();
        assertThat(page.at("agents").locator("input:checked")).hasValue("prompted");
        page.takeScreenshots("53-agents");
        page.at("agents").locator("input[value=echo]").check();
        assertThat(page.at("policy-chosen")).hasText("echo");
        TurnItem turn = page.ask("repeat this");
        assertThat(turn.answer()).hasText("echo: repeat this");
        turn.hasState("completed");
        page.raw().reload();
        assertThat(page.turn("repeat this").answer()).hasText("echo: repeat this");
        assertThat(page.ask("and this").answer()).hasText("echo: and this");
    }

    @Test
    void theDrawerShowsTheUsage() {
        askAndAwait(LOAN, "In one transaction.");
        Locator turn = page.turn(LOAN).root();
        turn.getByTestId("hairline")
                .getByRole(com.microsoft.playwright.options.AriaRole.BUTTON)
                .first()
                .click();
        turn.getByTestId("open-events").click();
        assertThat(page.at("usage")).hasText("Usage: 1 model call, 0 input tokens, 0 output tokens");
    }

    private void askAndAwait(String question, String answer) {
        agent.script(question).delta(answer).complete();
        TurnItem turn = page.ask(question);
        turn.hasState("completed");
        assertThat(turn.answer()).hasText(answer);
    }

    private String session() {
        return page.raw().url().replaceFirst(".*#s=([^&]+).*", "$1");
    }
}
