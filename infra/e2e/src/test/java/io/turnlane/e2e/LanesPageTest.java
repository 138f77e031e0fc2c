package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.ChatPage.TurnItem;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several lanes: each answers in its own place; they are made, switched, left, found again and deleted. */
@ExtendWith(PageTests.class)
class LanesPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";

    private final PageStage stage;
    private final PromptedAgent agent;
    private final ChatPage page;

    LanesPageTest(PageStage stage) {
        this.stage = stage;
        agent = stage.agent();
        page = stage.visitor();
    }

    @Test
    void twoLanesAnswerAtTheSameTimeEachInItsOwnPlace() {
        page.open();
        TurnItem loan = page.ask(LOAN);
        agent.part(LOAN).says("Borrowed ");
        assertThat(loan.answer()).hasText("Borrowed");
        page.at("new-lane").click();
        TurnItem peg = page.ask(PEG);
        agent.part(PEG).says("By collateral ");
        assertThat(peg.answer()).hasText("By collateral");
        page.lane(LOAN).is("answering");
        page.lane(PEG).is("answering");
        assertThat(page.turns()).hasCount(1);

        agent.part(LOAN).says("and repaid ");
        agent.part(PEG).says("and by redemption ");
        assertThat(peg.answer()).hasText("By collateral and by redemption");
        page.photograph("10-two-lanes");
        agent.part(LOAN).says("in one transaction.").ends();
        page.lane(LOAN).is("answered");
        page.lane(LOAN).open();
        assertThat(loan.answer()).hasText("Borrowed and repaid in one transaction.");
        assertThat(page.turns()).hasCount(1);
        page.lane(LOAN).is("idle");
        page.lane(PEG).is("answering");
        agent.part(PEG).says("of reserves.").ends();
        page.lane(PEG).open();
        assertThat(peg.answer()).hasText("By collateral and by redemption of reserves.");
    }

    @Test
    void keysMakeAndSwitchLanesAndFindTheField() {
        page.open();
        answered(LOAN, "In one transaction.");
        page.press("Escape");
        page.press("n");
        assertThat(page.field()).isFocused();
        assertThat(page.at("empty")).isVisible();
        answered(PEG, "By collateral.");
        page.press("Escape");
        assertThat(page.field()).not().isFocused();

        page.press("]");
        page.lane(LOAN).isOnView();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.press("[");
        page.lane(PEG).isOnView();
        page.press("/");
        assertThat(page.field()).isFocused();
        page.press("n");
        assertThat(page.field()).hasValue("n");
        page.press("Backspace");
        page.press("Escape");
        page.press("?");
        assertThat(page.at("keys")).isVisible();
        assertThat(page.at("keys")).containsText("new lane");
        page.photograph("11-keys");
        page.press("Escape");
        assertThat(page.at("keys")).isHidden();
    }

    @Test
    void aDeletedLaneCanBeTakenBack() {
        page.open();
        answered(LOAN, "In one transaction.");
        page.lane(LOAN).delete();
        assertThat(page.at("undo")).containsText("Lane deleted.");
        assertThat(page.lane(LOAN).root()).hasCount(0);
        page.photograph("12-undo");
        page.at("undo-button").click();
        page.lane(LOAN).isOnView();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.raw().reload();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
    }

    @Test
    void aDeletedLaneIsForgottenByTheServerOnceTheTimeForUndoIsOver() {
        page.raw().clock().install();
        page.open();
        answered(LOAN, "In one transaction.");
        String path = "/v1/sessions/" + session();
        try (Client client = new Client(stage.address())) {
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
    void reloadKeepsThePlaceAndTheConversation() {
        page.open();
        answered(LOAN, "In one transaction.");
        page.press("Escape");
        page.press("n");
        TurnItem peg = page.ask(PEG);
        agent.part(PEG).says("By collateral ");
        assertThat(peg.answer()).hasText("By collateral");

        page.raw().reload();
        page.lane(PEG).isOnView();
        assertThat(peg.answer()).hasText("By collateral");
        agent.part(PEG).says("and redemption.").ends();
        assertThat(peg.answer()).hasText("By collateral and redemption.");
        page.lane(LOAN).open();
        assertThat(page.turn(LOAN).answer()).hasText("In one transaction.");
        page.raw().goBack();
        page.lane(PEG).isOnView();
    }

    @Test
    void aLinkToATurnOpensItInAnotherBrowser() {
        page.open();
        answered(LOAN, "In one transaction.");
        answered(PEG, "By collateral.");
        String request = page.turn(PEG).root().getAttribute("data-request-id");
        ChatPage other = stage.visitor();
        other.raw().navigate(stage.address() + "/#s=" + session() + "&r=" + request);
        assertThat(other.turn(LOAN).answer()).hasText("In one transaction.");
        assertThat(other.turn(PEG).root()).hasClass(Pattern.compile("linked"));
        assertThat(other.turn(PEG).root()).isInViewport();
    }

    @Test
    void aSecondTabHearsWhatIsAskedInTheFirst() {
        page.open();
        answered(LOAN, "In one transaction.");
        ChatPage other = stage.visitor();
        other.raw().navigate(stage.address() + "/#s=" + session());
        assertThat(other.turn(LOAN).answer()).hasText("In one transaction.");
        page.ask(PEG);
        agent.part(PEG).says("By collateral ");
        assertThat(other.turn(PEG).answer()).hasText("By collateral");
        agent.part(PEG).says("and redemption.").ends();
        assertThat(other.turn(PEG).answer()).hasText("By collateral and redemption.");
    }

    @Test
    void aLinkToALaneThatIsntThereSaysSoAndGoesOnAfresh() {
        page.mayMiss("/v1/sessions/").raw().navigate(stage.address() + "/#s=gone-" + UUID.randomUUID());
        assertThat(page.at("no-lane")).isVisible();
        page.photograph("13-no-lane");
        answered(LOAN, "In one transaction.");
        assertThat(page.at("no-lane")).isHidden();
        assertThat(page.at("forgotten")).isHidden();
    }

    private void answered(String question, String answer) {
        agent.part(question).says(answer).ends();
        TurnItem turn = page.ask(question);
        turn.is("completed");
        assertThat(turn.answer()).hasText(answer);
    }

    private String session() {
        return page.raw().url().replaceFirst(".*#s=([^&]+).*", "$1");
    }
}
