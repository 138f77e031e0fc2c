package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.ChatPage.TurnItem;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several lanes: answering at the same time, creating, switching, linking, reloading and deleting. */
@ExtendWith(PageExtension.class)
class LanesPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";

    private final PageFixture fixture;
    private final PromptedAgent agent;
    private final ChatPage page;

    LanesPageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
        page = fixture.visitor();
    }

    @Test
    void twoLanesAnswerAtTheSameTime() {
        page.open();
        TurnItem loan = page.ask(LOAN);
        agent.script(LOAN).delta("Borrowed ");
        assertThat(loan.answer()).hasText("Borrowed");
        page.at("new-lane").click();
        TurnItem peg = page.ask(PEG);
        agent.script(PEG).delta("By collateral ");
        assertThat(peg.answer()).hasText("By collateral");
        page.lane(LOAN).hasState("answering");
        page.lane(PEG).hasState("answering");
        assertThat(page.turns()).hasCount(1);

        agent.script(LOAN).delta("and repaid ");
        agent.script(PEG).delta("and by redemption ");
        assertThat(peg.answer()).hasText("By collateral and by redemption");
        page.takeScreenshots("10-two-lanes");
        agent.script(LOAN).delta("in one transaction.").complete();
        page.lane(LOAN).hasState("unread");
        page.lane(LOAN).open();
        assertThat(loan.answer()).hasText("Borrowed and repaid in one transaction.");
        assertThat(page.turns()).hasCount(1);
        page.lane(LOAN).hasState("idle");
        page.lane(PEG).hasState("answering");
        agent.script(PEG).delta("of reserves.").complete();
        page.lane(PEG).open();
        assertThat(peg.answer()).hasText("By collateral and by redemption of reserves.");
    }

    @Test
    void shortcutsCreateAndSwitchLanesAndFocusTheField() {
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        page.press("Escape");
        page.press("n");
        assertThat(page.field()).isFocused();
        assertThat(page.at("empty")).isVisible();
        askAndAwait(PEG, "By collateral.");
        page.press("Escape");
        assertThat(page.field()).not().isFocused();

        page.press("]");
        page.lane(LOAN).isShown();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.press("[");
        page.lane(PEG).isShown();
        page.press("/");
        assertThat(page.field()).isFocused();
        page.press("n");
        assertThat(page.field()).hasValue("n");
        page.press("Backspace");
        page.press("Escape");
        page.press("?");
        assertThat(page.at("keys")).isVisible();
        assertThat(page.at("keys")).containsText("Open a new lane");
        page.takeScreenshots("11-keys");
        page.press("Escape");
        assertThat(page.at("keys")).isHidden();
    }

    @Test
    void aDeletedLaneCanBeRestored() {
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        page.lane(LOAN).delete();
        assertThat(page.at("undo")).containsText("Lane deleted.");
        assertThat(page.lane(LOAN).root()).hasCount(0);
        page.takeScreenshots("12-undo");
        page.at("undo-button").click();
        page.lane(LOAN).isShown();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.raw().reload();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
    }

    @Test
    void theServerDeletesALaneAfterTheTimeForUndo() {
        page.raw().clock().install();
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        String path = "/v1/sessions/" + session();
        try (Client client = new Client(fixture.address())) {
            page.lane(LOAN).delete();
            assertThat(page.at("undo")).isVisible();
            assertThat(client.get(path).status()).isEqualTo(200);
            page.raw().clock().runFor(5_000);
            assertThat(page.at("undo")).isHidden();
            Eventually.holds(() -> assertThat(client.get(path).status()).isEqualTo(404));
        }
        page.raw().reload();
        assertThat(page.lane(LOAN).root()).hasCount(0);
    }

    @Test
    void reloadKeepsTheShownLaneAndTheConversation() {
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        page.press("Escape");
        page.press("n");
        TurnItem peg = page.ask(PEG);
        agent.script(PEG).delta("By collateral ");
        assertThat(peg.answer()).hasText("By collateral");

        page.raw().reload();
        page.lane(PEG).isShown();
        assertThat(peg.answer()).hasText("By collateral");
        agent.script(PEG).delta("and redemption.").complete();
        assertThat(peg.answer()).hasText("By collateral and redemption.");
        page.lane(LOAN).open();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.raw().goBack();
        page.lane(PEG).isShown();
    }

    @Test
    void aLinkToATurnOpensItInAnotherBrowser() {
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        askAndAwait(PEG, "By collateral.");
        String request = page.turn(PEG).root().getAttribute("data-request-id");
        ChatPage other = fixture.visitor();
        other.raw().navigate(fixture.address() + "/#s=" + session() + "&r=" + request);
        assertThat(other.turn(LOAN).answer()).hasText("In one transaction.");
        assertThat(other.turn(PEG).root()).hasClass(Pattern.compile("linked"));
        assertThat(other.turn(PEG).root()).isInViewport();
    }

    @Test
    void aSecondTabShowsTurnsAskedInTheFirst() {
        page.open();
        askAndAwait(LOAN, "In one transaction.");
        ChatPage other = fixture.visitor();
        other.raw().navigate(fixture.address() + "/#s=" + session());
        assertThat(other.turn(LOAN).answer()).hasText("In one transaction.");
        page.ask(PEG);
        agent.script(PEG).delta("By collateral ");
        assertThat(other.turn(PEG).answer()).hasText("By collateral");
        agent.script(PEG).delta("and redemption.").complete();
        assertThat(other.turn(PEG).answer()).hasText("By collateral and redemption.");
    }

    @Test
    void aLinkToAnUnknownLaneShowsANoticeAndAcceptsQuestions() {
        page.expectNotFound("/v1/sessions/").raw().navigate(fixture.address() + "/#s=gone-" + UUID.randomUUID());
        assertThat(page.at("no-lane")).isVisible();
        page.takeScreenshots("13-no-lane");
        askAndAwait(LOAN, "In one transaction.");
        assertThat(page.at("no-lane")).isHidden();
        assertThat(page.at("forgotten")).isHidden();
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
