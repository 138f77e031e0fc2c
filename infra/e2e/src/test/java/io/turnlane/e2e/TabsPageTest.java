package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.turnlane.e2e.ChatPage.TurnItem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several tabs of one browser, reloads, reconnecting, and the keyboard in the composer. */
@ExtendWith(PageExtension.class)
class TabsPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";
    private static final Pattern STREAM = Pattern.compile("/v1/sessions/([^/]+)/requests/[^/]+/events$");

    private final PageFixture fixture;
    private final PromptedAgent agent;
    private final ChatPage page;

    TabsPageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
        page = fixture.visitor();
    }

    @Test
    void withoutSocketsTwoTabsNeverUseAllConnectionsOfTheBrowser() {
        page.withoutSockets().open();
        for (int i = 1; i <= 3; i++) {
            askAndBegin(page, "Lane " + i + "?");
            page.at("new-lane").click();
        }
        ChatPage tab = page.anotherTab().withoutSockets();
        List<String> streams = new ArrayList<>();
        tab.raw().onRequest(request -> {
            if (STREAM.matcher(request.url()).find()) {
                streams.add(request.url());
            }
        });
        tab.open();
        for (int i = 4; i <= 6; i++) {
            tab.ask("Lane " + i + "?").hasState("running");
            tab.at("new-lane").click();
        }
        assertThat(streams).as("streams beyond three for all tabs").isEmpty();
        tab.lane("Lane 4?").open();
        tab.at("stop").click();
        tab.turn("Lane 4?").hasState("cancelled");
        page.lane("Lane 1?").open();
        page.at("stop").click();
        page.turn("Lane 1?").hasState("cancelled");
        agent.script("Lane 5?").delta("Fifth.").complete();
        tab.lane("Lane 5?").open();
        assertThat(tab.turn("Lane 5?").answer()).hasText("Fifth.");
    }

    @Test
    void aTabLeavesTheLanesOfAnotherTabAloneUntilThatIsClosed() {
        page.open();
        askAndBegin(page, LOAN);
        ChatPage tab = page.anotherTab();
        List<String> calls = new ArrayList<>();
        tab.raw().onRequest(request -> calls.add(request.url()));
        tab.open();
        assertThat(tab.at("suggestion").first()).isVisible();
        tab.lane(LOAN).hasState("open in another tab");
        tab.at("new-lane").click();
        agent.script(PEG).delta("By collateral.").complete();
        tab.ask(PEG).hasState("completed");
        String session = page.raw().url().replaceFirst(".*#s=([^&]+).*", "$1");
        assertThat(calls).noneMatch(url -> url.contains(session));

        page.raw().close();
        tab.lane(LOAN).hasState("answering");
        agent.script(LOAN).delta(" and repaid.").complete();
        tab.lane(LOAN).hasState("unread");
        tab.lane(LOAN).open();
        assertThat(tab.turn(LOAN).answer()).hasText("Begun and repaid.");
    }

    @Test
    void aDraftSurvivesAReload() {
        page.open();
        page.field().fill("a question that I am still");
        page.raw().reload();
        assertThat(page.field()).hasValue("a question that I am still");
        agent.script(LOAN).delta("In one transaction.").complete();
        page.ask(LOAN).hasState("completed");
        page.field().fill("and another one");
        page.at("new-lane").click();
        assertThat(page.field()).isEmpty();
        page.lane(LOAN).open();
        page.raw().reload();
        assertThat(page.field()).hasValue("and another one");
        ChatPage tab = page.anotherTab();
        tab.raw().navigate(page.raw().url());
        assertThat(tab.turn(LOAN).answer()).hasText("In one transaction.");
        assertThat(tab.field()).isEmpty();
    }

    @Test
    void theEnterThatEndsACompositionDoesNotSend() {
        page.open();
        page.field().fill("にほんご");
        page.field().evaluate("""
                field => field.dispatchEvent(new KeyboardEvent('keydown',
                    { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }))""");
        assertThat(page.turns()).hasCount(0);
        assertThat(page.field()).hasValue("にほんご");
        agent.script("にほんご").delta("Japanese.").complete();
        page.field().press("Enter");
        assertThat(page.turn("にほんご").answer()).hasText("Japanese.");
    }

    @Test
    void reconnectNowAlsoSendsTheUnsentQuestions() {
        page.raw().clock().install();
        page.through(page.address()).open();
        agent.script(LOAN).delta("In one transaction.").complete();
        page.ask(LOAN).hasState("completed");
        page.raw().route("**/requests", Route::abort);
        TurnItem unsent = page.ask(PEG);
        for (int i = 0; i < 4; i++) {
            assertThat(unsent.stage()).containsText("Not confirmed yet");
            page.raw().clock().runFor(9_000);
        }
        assertThat(unsent.stage()).containsText(Pattern.compile("Next attempt in [4-9] s"));
        page.raw().unroute("**/requests");
        agent.script(PEG).delta("By collateral.").complete();
        page.raw().getByText("Reconnect now").dispatchEvent("click");
        assertThat(unsent.answer()).hasText("By collateral.");
    }

    @Test
    void theFocusStaysWhereTheUserIs() {
        page.raw().setViewportSize(1280, 420);
        page.open();
        agent.script(PromptedAgent.EXAMPLES.getFirst()).delta("A shortfall.").complete();
        page.at("suggestion").first().click();
        page.turn(PromptedAgent.EXAMPLES.getFirst()).hasState("completed");
        assertThat(page.field()).isFocused();
        for (int i = 1; i <= 8; i++) {
            page.press("Escape");
            page.press("n");
            agent.script("Lane " + i + "?").delta("Yes.").complete();
            page.ask("Lane " + i + "?").hasState("completed");
        }
        page.press("Escape");
        for (int i = 0; i < 8; i++) {
            page.press("]");
        }
        assertThat(page.at("lane").last().locator("a")).hasAttribute("aria-current", "page");
        assertThat(page.at("lane").last()).isInViewport();
        page.at("lane").last().getByTestId("delete-lane").focus();
        page.press("Enter");
        assertThat(page.at("lane")).hasCount(8);
        assertThat(page.at("lane").last().locator("a")).isFocused();
    }

    @Test
    void buttonsOfARunningTurnHaveAName() {
        page.open();
        TurnItem turn = askAndBegin(page, LOAN);
        assertThat(turn.part("hairline").getByRole(AriaRole.BUTTON).first()).hasAccessibleName("Phases of this turn");
        assertThat(page.accessibilityViolations()).isEmpty();
    }

    private TurnItem askAndBegin(ChatPage tab, String question) {
        agent.script(question).delta("Begun");
        TurnItem turn = tab.ask(question);
        assertThat(turn.answer()).hasText("Begun");
        return turn;
    }
}
