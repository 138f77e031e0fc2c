package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Source;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Questions in one lane: from the field to the answer, and the other ways to end. */
@ExtendWith(PageExtension.class)
class AskingPageTest {

    private static final String LOSS = "What is impermanent loss?";
    private static final Source AMM = new Source("amm-03", "Impermanent loss, with an example", 0.91);
    private static final Source POOLS = new Source("amm-01", "How a constant-product pool sets its price", 0.74);
    private static final Pattern DURATION = Pattern.compile("^[\\d.]+ m?s$");

    private final PromptedAgent agent;
    private final ChatPage page;

    AskingPageTest(PageFixture fixture) {
        agent = fixture.agent();
        page = fixture.visitor().open();
    }

    @Test
    void anEmptyLaneShowsTheAgentAndExampleQuestions() {
        assertThat(page.at("knows")).hasText(PromptedAgent.KNOWS);
        assertThat(page.at("suggestion")).hasText(PromptedAgent.EXAMPLES.toArray(String[]::new));
        assertThat(page.field()).isFocused();
        assertThat(page.at("send")).isDisabled();
        page.takeScreenshots("01-empty");
        agent.script(LOSS).delta("A shortfall.").complete();
        page.at("suggestion").first().click();
        assertThat(page.turn(LOSS).answer()).hasText("A shortfall.");
        assertThat(page.at("empty")).isHidden();
    }

    @Test
    void showsTheStageThenTheTextThenTheSources() {
        TurnItem turn = page.ask(LOSS);
        agent.script(LOSS).stage("searching 214 answers");
        assertThat(turn.stage()).hasText("searching 214 answers");
        page.takeScreenshots("02-stage");

        agent.script(LOSS).delta(SampleAnswer.LOSS_BEGINNING);
        assertThat(turn.answer()).containsText("compared with simply holding");
        assertThat(turn.stage()).isHidden();
        turn.hasState("running");
        page.takeScreenshots("03-streaming");

        agent.script(LOSS).delta(SampleAnswer.LOSS_CONTINUATION).complete(0.87, AMM, POOLS);
        turn.hasState("completed");
        assertThat(turn.part("confidence")).hasText("Confidence 0.87 (high)");
        assertThat(turn.part("source")).hasText(new Pattern[] {Pattern.compile("amm-03"), Pattern.compile("amm-01")});
        assertThat(turn.answer().getByRole(AriaRole.CELL).nth(1)).hasCSS("text-align", "right");
        assertThat(page.at("announcements")).containsText("Impermanent loss");
        page.takeScreenshots("04-answered");
    }

    @Test
    void theHairlineShowsThePhasesAfterAClick() {
        agent.script(LOSS).delta("A shortfall.").complete(0.6, AMM);
        TurnItem turn = page.ask(LOSS);
        assertThat(turn.part("hairline-total")).hasText(DURATION);
        turn.part("hairline").getByRole(AriaRole.BUTTON).first().click();
        for (String phase : List.of("queued", "memory", "agent", "delivered")) {
            assertThat(turn.part("phase-" + phase)).hasText(DURATION);
        }
        assertThat(turn.part("phases")).containsText("processor p-");
        page.takeScreenshots("05-phases");

        turn.part("open-events").click();
        Locator events = page.at("drawer-events").getByRole(AriaRole.LISTITEM);
        assertThat(events.first()).containsText("started");
        assertThat(events.last()).containsText("completed");
        assertThat(events.first()).containsText(Pattern.compile("\\+\\d+ ms.*attempt 1, event \\d+"));
        assertThat(page.at("drawer-phases")).containsText("agent called");
        page.takeScreenshots("06-drawer");
        page.press("Escape");
        assertThat(page.at("drawer")).isHidden();
    }

    @Test
    void aSecondQuestionShowsItsPositionAndIsAnsweredInOrder() {
        String second = "And when I withdraw earlier?";
        String third = "Who earns the fees?";
        agent.script(LOSS).delta("First, ");
        TurnItem one = page.ask(LOSS);
        assertThat(one.answer()).hasText("First,");
        assertThat(page.at("composer-hint")).hasText("This question will wait for 1 earlier turn");
        TurnItem two = page.ask(second);
        TurnItem three = page.ask(third);
        assertThat(two.stage()).hasText("Waiting for the previous turn");
        assertThat(three.stage()).hasText("Waiting for 2 earlier turns");
        page.lane(LOSS).hasState("answering, 2 waiting");
        page.takeScreenshots("07-queued");

        agent.script(third).delta("the third.").complete();
        agent.script(second).delta("then the second.");
        agent.script(LOSS).delta("the first.").complete();
        assertThat(two.answer()).hasText("then the second.");
        assertThat(three.stage()).hasText("Waiting for the previous turn");
        agent.script(second).complete();
        assertThat(three.answer()).hasText("the third.");
        assertThat(page.at("answer")).hasText(new String[] {"First, the first.", "then the second.", "the third."});
    }

    @Test
    void stopCancelsTheRunningTurnAndTheNextOneIsAnswered() {
        String next = "Who earns the fees?";
        TurnItem turn = page.ask(LOSS);
        agent.script(LOSS).delta("A shortfall that");
        assertThat(turn.answer()).hasText("A shortfall that");
        TurnItem waiting = page.ask(next);
        agent.script(next).delta("Liquidity providers.").complete();
        page.at("stop").click();
        turn.hasState("cancelled");
        assertThat(turn.root()).containsText("Stopped. The agent will not remember this turn.");
        assertThat(waiting.answer()).hasText("Liquidity providers.");
        assertThat(page.at("stop")).isHidden();
    }

    @Test
    void aQuestionCanInterruptTheRunningTurn() {
        String second = "How does a flash loan work?";
        TurnItem turn = page.ask(LOSS);
        agent.script(LOSS).delta("A shortfall that");
        assertThat(turn.answer()).hasText("A shortfall that");
        choose("interrupt", "Interrupt");
        assertThat(page.at("composer-hint")).hasText("This question stops the running turn");
        page.takeScreenshots("31-policy");
        agent.script(second).delta("Within one ");
        TurnItem interrupting = page.ask(second);
        turn.hasState("cancelled");
        assertThat(turn.root()).containsText("Stopped by a newer question.");
        assertThat(interrupting.answer()).hasText("Within one");
        assertThat(page.at("policy-chosen")).isEmpty();
        assertThat(page.at("composer-hint")).hasText("This question will wait for 1 earlier turn");
        agent.script(second).delta("block.").complete();
        assertThat(interrupting.answer()).hasText("Within one block.");
    }

    @Test
    void thePolicyMenuClosesOnEscapeAndOnAClickOutside() {
        Locator choices = page.at("policy");
        choose("reject", "Reject");
        page.press("Escape");
        assertThat(choices).isHidden();
        assertThat(page.at("policy-menu").locator("summary")).isFocused();
        page.press("Enter");
        assertThat(choices).isVisible();
        page.at("lane-name").click();
        assertThat(choices).isHidden();
        assertThat(page.at("policy-chosen")).hasText("Reject");
    }

    @Test
    void showsAHintWhileTheQuestionIsTooLong() {
        String tooLong = "Longer than 32 KiB. Shorten the question to send it.";
        page.field().fill("x".repeat(32 * 1024 + 1));
        page.field().press("Enter");
        assertThat(page.at("composer-hint")).hasText(tooLong);
        page.field().fill(LOSS);
        assertThat(page.at("composer-hint")).isEmpty();

        TurnItem turn = page.ask(LOSS);
        agent.script(LOSS).delta("A shortfall ");
        assertThat(turn.answer()).hasText("A shortfall");
        page.field().fill("€".repeat(11_000));
        agent.script(LOSS).delta("against holding.").complete();
        turn.hasState("completed");
        assertThat(page.at("composer-hint")).hasText(tooLong);
        assertThat(page.turns()).hasCount(1);
    }

    private void choose(String policy, String label) {
        page.at("policy-menu").locator("summary").click();
        page.at("policy-menu").locator("input[value=" + policy + "]").check();
        assertThat(page.at("policy-chosen")).hasText(label);
    }

    @Test
    void aFailedTurnShowsTheReasonAndCanBeAskedAgain() {
        String question = "What was the gas price in block 1?";
        agent.script(question).failPermanently(ErrorCode.AGENT_ERROR, "The archive node gave no answer.");
        TurnItem turn = page.ask(question);
        assertThat(turn.notice().locator("p")).hasText("The archive node gave no answer.");
        turn.hasState("failed");
        page.takeScreenshots("08-failed");

        agent.script(question).delta("About nothing.").complete();
        turn.part("ask-again").click();
        assertThat(page.turns()).hasCount(2);
        assertThat(page.turns().last().getByTestId("answer")).hasText("About nothing.");
    }

    @Test
    void aRetryIsShownAndDiscardsTheText() {
        agent.script(LOSS).delta("Something wrong").fail().delta("Something right.");
        TurnItem turn = page.ask(LOSS);
        assertThat(turn.stage()).containsText("Attempt 1 failed. The next attempt starts");
        page.saveScreenshot("09-retrying");
        assertThat(turn.answer()).hasText("Something right.");
        agent.script(LOSS).complete();
        turn.hasState("completed");
        assertThat(turn.answer()).hasText("Something right.");
    }

    @Test
    void aTableOfAnAnswerCanBeEnlarged() {
        agent.script(LOSS)
                .delta("By price ratio:")
                .artifact(Map.of(
                        "type",
                        "table",
                        "title",
                        "Loss by price ratio",
                        "columns",
                        List.of("ratio", "loss"),
                        "rows",
                        List.of(List.of("1.25", "0.6 %"), List.of("2", "5.7 %"))))
                .complete();
        TurnItem turn = page.ask(LOSS);
        turn.hasState("completed");
        assertThat(turn.part("artifact").getByRole(AriaRole.TABLE)).containsText("5.7 %");
        turn.part("artifact").getByRole(AriaRole.BUTTON).click();
        assertThat(page.raw().getByRole(AriaRole.DIALOG)).containsText("5.7 %");
    }
}
