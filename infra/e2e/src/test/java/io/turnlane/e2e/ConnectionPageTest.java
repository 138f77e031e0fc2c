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

/** Connections that are lost while answers run, with and without WebSockets. */
@ExtendWith(PageExtension.class)
class ConnectionPageTest {

    private static final String LOAN = "How does a flash loan work?";
    private static final String PEG = "How do stablecoins keep their peg?";

    private final PromptedAgent agent;
    private final TcpProxy proxy;
    private final ChatPage page;

    ConnectionPageTest(PageFixture fixture) throws IOException {
        agent = fixture.agent();
        proxy = new TcpProxy(fixture.address());
        page = fixture.visitor().through(proxy);
    }

    @AfterEach
    void closeTheProxy() throws IOException {
        proxy.close();
    }

    @Test
    void theTextContinuesWithoutGapOrDuplicate() {
        page.open();
        loseTheConnectionDuringAnAnswer();
    }

    @Test
    void streamsContinueIfNoSocketCanBeOpened() {
        page.withoutSockets().open();
        loseTheConnectionDuringAnAnswer();
    }

    private void loseTheConnectionDuringAnAnswer() {
        TurnItem turn = page.ask(LOAN);
        agent.script(LOAN).delta("one ").delta("two ");
        assertThat(turn.answer()).hasText("one two");

        proxy.cut();
        assertThat(page.at("connection-band"))
                .hasText(Pattern.compile("Connection lost\\. (Next attempt in \\d+ s\\.|Reconnecting…).*"));
        page.lane(LOAN).hasState("disconnected");
        agent.script(LOAN).delta("three ").delta("four ");
        assertThat(turn.answer()).hasText("one two");
        page.takeScreenshots("14-lost");

        proxy.restore();
        // Not a click: the page may have reconnected by itself and hidden the button.
        page.raw().getByText("Reconnect now").dispatchEvent("click");
        assertThat(turn.answer()).hasText("one two three four");
        agent.script(LOAN).delta("five");
        assertThat(turn.answer()).hasText("one two three four five");
        assertThat(page.at("connection-band")).isHidden();
        agent.script(LOAN).complete();
        turn.hasState("completed");
        assertThat(turn.answer()).hasText("one two three four five");
    }

    @Test
    void showsAnAnswerThatEndedWhileDisconnected() {
        page.open();
        TurnItem turn = page.ask(LOAN);
        TurnItem next = page.ask(PEG);
        agent.script(LOAN).delta("one ");
        assertThat(turn.answer()).hasText("one");
        assertThat(next.stage()).hasText("Waiting for the previous turn");
        proxy.cut();
        assertThat(page.at("connection-band")).isVisible();
        agent.script(LOAN).delta("two").complete();
        agent.script(PEG).delta("three");
        proxy.restore();
        assertThat(turn.answer()).hasText("one two");
        turn.hasState("completed");
        assertThat(next.answer()).hasText("three");
        agent.script(PEG).delta(" four").complete();
        assertThat(next.answer()).hasText("three four");
    }

    @Test
    void asksAQuestionWrittenWhileDisconnectedOnce() {
        page.open();
        agent.script(LOAN).delta("In one transaction.").complete();
        page.ask(LOAN).hasState("completed");
        proxy.cut();
        assertThat(page.at("connection-band")).isVisible();
        TurnItem asked = page.ask(PEG);
        assertThat(asked.stage()).hasText(Pattern.compile("Sending…|Not confirmed yet\\. Next attempt in \\d+ s"));
        page.saveScreenshot("15-unsent");
        proxy.restore();
        agent.script(PEG).delta("By collateral.").complete();
        assertThat(asked.answer()).hasText("By collateral.");
        assertThat(agent.script(PEG).attempts()).isEqualTo(1);
        assertThat(page.turns()).hasCount(2);
    }

    @Test
    void asksAnUnsentQuestionOnceAfterAReload() {
        page.raw().route("**/v1/sessions", Route::abort);
        page.open();
        TurnItem asked = page.ask(PEG);
        assertThat(asked.stage()).containsText("Not sent yet");
        page.raw().reload();
        assertThat(asked.stage()).containsText("Not sent yet");
        page.lane(PEG).isShown();
        page.raw().unroute("**/v1/sessions");
        agent.script(PEG).delta("By collateral.").complete();
        assertThat(asked.answer()).hasText("By collateral.");
        page.raw().reload();
        assertThat(asked.answer()).hasText("By collateral.");
        assertThat(page.at("lane")).hasCount(1);
        assertThat(agent.script(PEG).attempts()).isEqualTo(1);
    }

    @Test
    void sendsAQuestionAgainUnderItsKeyIfTheReplyIsLost() {
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
        agent.script(LOAN).delta("In one transaction.").complete();
        page.ask(LOAN);
        page.raw().waitForCondition(() -> keys.size() == 2);
        assertThat(page.turns().last().getByTestId("answer")).hasText("In one transaction.");
        assertThat(keys).doesNotContainNull();
        assertThat(keys.getFirst()).isEqualTo(keys.getLast());
        assertThat(agent.script(LOAN).attempts()).isEqualTo(1);
        assertThat(page.turns()).hasCount(1);
    }
}
