package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import io.turnlane.e2e.ChatPage.TurnItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection that is lost while answers run, and one that has no sockets at all. */
@ExtendWith(PageTests.class)
class ConnectionPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";
    private static final String WITHOUT_SOCKETS = """
            window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(), 10); } close() {} };""";

    private final PromptedAgent agent;
    private final Cable cable;
    private final ChatPage page;

    ConnectionPageTest(PageStage stage) throws IOException {
        agent = stage.agent();
        cable = new Cable(stage.address());
        page = stage.visitor().through(cable);
    }

    @AfterEach
    void takeTheCableAway() throws IOException {
        cable.close();
    }

    @Test
    void theTextStaysAndGoesOnWithoutGapOrDuplicate() {
        page.open();
        loseTheConnectionInTheMiddleOfAnAnswer();
    }

    @Test
    void theSameHoldsForStreamsWhereNoSocketCanBeOpened() {
        page.raw().addInitScript(WITHOUT_SOCKETS);
        page.open();
        loseTheConnectionInTheMiddleOfAnAnswer();
    }

    private void loseTheConnectionInTheMiddleOfAnAnswer() {
        TurnItem turn = page.ask(LOAN);
        agent.part(LOAN).says("one ").says("two ");
        assertThat(turn.answer()).hasText("one two");

        cable.cut();
        assertThat(page.at("connection-band"))
                .hasText(Pattern.compile("Connection lost\\. (Next try in \\d+ s\\.|Trying…).*"));
        page.lane(LOAN).is("disconnected");
        agent.part(LOAN).says("three ").says("four ");
        assertThat(turn.answer()).hasText("one two");
        page.photograph("14-lost");

        cable.mend();
        // An event and not a click, for the page may have come back by itself and taken the button away.
        page.raw().getByText("Try now").dispatchEvent("click");
        assertThat(turn.answer()).hasText("one two three four");
        agent.part(LOAN).says("five");
        assertThat(turn.answer()).hasText("one two three four five");
        assertThat(page.at("connection-band")).isHidden();
        agent.part(LOAN).ends();
        turn.is("completed");
        assertThat(turn.answer()).hasText("one two three four five");
    }

    @Test
    void anAnswerThatEndedMeanwhileIsThereAfterwards() {
        page.open();
        TurnItem turn = page.ask(LOAN);
        TurnItem next = page.ask(PEG);
        agent.part(LOAN).says("one ");
        assertThat(turn.answer()).hasText("one");
        assertThat(next.stage()).hasText("waits for the turn before it");
        cable.cut();
        assertThat(page.at("connection-band")).isVisible();
        agent.part(LOAN).says("two").ends();
        agent.part(PEG).says("three");
        cable.mend();
        assertThat(turn.answer()).hasText("one two");
        turn.is("completed");
        assertThat(next.answer()).hasText("three");
        agent.part(PEG).says(" four").ends();
        assertThat(next.answer()).hasText("three four");
    }

    @Test
    void aQuestionAskedMeanwhileIsAskedOnceAfterwards() {
        page.open();
        agent.part(LOAN).says("In one transaction.").ends();
        page.ask(LOAN).is("completed");
        cable.cut();
        assertThat(page.at("connection-band")).isVisible();
        TurnItem asked = page.ask(PEG);
        assertThat(asked.stage()).hasText(Pattern.compile("sending|Not sent yet; next try in \\d+ s"));
        page.keep("15-unsent");
        cable.mend();
        agent.part(PEG).says("By collateral.").ends();
        assertThat(asked.answer()).hasText("By collateral.");
        assertThat(agent.part(PEG).plays()).isEqualTo(1);
        assertThat(page.turns()).hasCount(2);
    }

    @Test
    void aQuestionThatNeverLeftIsAskedOnceAfterAReload() {
        page.raw().route("**/v1/sessions", Route::abort);
        page.open();
        TurnItem asked = page.ask(PEG);
        assertThat(asked.stage()).containsText("Not sent yet");
        page.raw().reload();
        assertThat(asked.stage()).containsText("Not sent yet");
        page.lane(PEG).isOnView();
        page.raw().unroute("**/v1/sessions");
        agent.part(PEG).says("By collateral.").ends();
        assertThat(asked.answer()).hasText("By collateral.");
        page.raw().reload();
        assertThat(asked.answer()).hasText("By collateral.");
        assertThat(page.at("lane")).hasCount(1);
        assertThat(agent.part(PEG).plays()).isEqualTo(1);
    }

    @Test
    void aQuestionWhoseReplyIsLostIsSentAgainUnderTheSameKeyAndAskedOnce() {
        List<String> keys = new ArrayList<>();
        page.raw().route("**/v1/sessions/*/requests", route -> {
            keys.add(route.request().headerValue("Idempotency-Key"));
            if (keys.size() == 1) {
                route.fetch();
                route.abort();
            } else {
                route.resume();
            }
        });
        page.open();
        agent.part(LOAN).says("In one transaction.").ends();
        page.ask(LOAN);
        page.raw().waitForCondition(() -> keys.size() == 2);
        assertThat(page.turns().last().getByTestId("answer")).hasText("In one transaction.");
        assertThat(keys).doesNotContainNull();
        assertThat(keys.getFirst()).isEqualTo(keys.getLast());
        assertThat(agent.part(LOAN).plays()).isEqualTo(1);
        assertThat(page.turns()).hasCount(1);
    }
}
