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

/** One lane: a question's way from the field to its answer, and the ways it may end otherwise. */
@ExtendWith(PageTests.class)
class AskingPageTest {

    private static final String LOSS = "What is impermanent loss?";
    private static final Source AMM = new Source("amm-03", "Impermanent loss, with an example", 0.91);
    private static final Source POOLS = new Source("amm-01", "How a constant-product pool sets its price", 0.74);
    private static final Pattern DURATION = Pattern.compile("^[\\d.]+ m?s$");

    private final PromptedAgent agent;
    private final ChatPage page;

    AskingPageTest(PageStage stage) {
        agent = stage.agent();
        page = stage.visitor().open();
    }

    @Test
    void anEmptyLaneSaysWhatTheAgentKnowsAndHowToBegin() {
        assertThat(page.at("knows")).hasText(PromptedAgent.KNOWS);
        assertThat(page.at("suggestion")).hasText(PromptedAgent.EXAMPLES.toArray(String[]::new));
        assertThat(page.field()).isFocused();
        assertThat(page.at("send")).isDisabled();
        page.photograph("01-empty");
        agent.part(LOSS).says("A shortfall.").ends();
        page.at("suggestion").first().click();
        assertThat(page.turn(LOSS).answer()).hasText("A shortfall.");
        assertThat(page.at("empty")).isHidden();
    }

    @Test
    void showsTheStageThenTheTextAsItComesThenWhatItRestsOn() {
        TurnItem turn = page.ask(LOSS);
        agent.part(LOSS).stage("searching 214 answers");
        assertThat(turn.stage()).hasText("searching 214 answers");
        page.photograph("02-stage");

        agent.part(LOSS).says(DeFi.LOSS_BEGINS);
        assertThat(turn.answer()).containsText("compared with simply holding");
        assertThat(turn.stage()).isHidden();
        turn.is("running");
        page.photograph("03-streaming");

        agent.part(LOSS).says(DeFi.LOSS_GOES_ON).ends(0.87, AMM, POOLS);
        turn.is("completed");
        assertThat(turn.part("confidence")).hasText(Pattern.compile("sure\\s*0\\.87"));
        assertThat(turn.part("source")).hasText(new Pattern[] {Pattern.compile("amm-03"), Pattern.compile("amm-01")});
        assertThat(turn.answer().getByRole(AriaRole.CELL).nth(1)).hasCSS("text-align", "right");
        assertThat(page.at("announcements")).containsText("Impermanent loss");
        page.photograph("04-answered");
    }

    @Test
    void theHairlineTellsItsPhasesWhenAsked() {
        agent.part(LOSS).says("A shortfall.").ends(0.6, AMM);
        TurnItem turn = page.ask(LOSS);
        assertThat(turn.part("hairline-total")).hasText(DURATION);
        turn.part("hairline").getByRole(AriaRole.BUTTON).first().click();
        for (String phase : List.of("queued", "memory", "agent", "delivered")) {
            assertThat(turn.part("phase-" + phase)).hasText(DURATION);
        }
        assertThat(turn.part("phases")).containsText("processor p-");
        page.photograph("05-phases");

        turn.part("open-events").click();
        Locator events = page.at("drawer-events").getByRole(AriaRole.LISTITEM);
        assertThat(events.first()).containsText("started");
        assertThat(events.last()).containsText("completed");
        page.photograph("06-drawer");
        page.press("Escape");
        assertThat(page.at("drawer")).isHidden();
    }

    @Test
    void aSecondQuestionShowsItsPlaceAndIsAnsweredInItsTurn() {
        String second = "And when I withdraw earlier?";
        String third = "Who earns the fees?";
        agent.part(LOSS).says("First, ");
        TurnItem one = page.ask(LOSS);
        assertThat(one.answer()).hasText("First,");
        assertThat(page.at("composer-hint")).hasText("It will wait behind 1 turn of this lane");
        TurnItem two = page.ask(second);
        TurnItem three = page.ask(third);
        assertThat(two.stage()).hasText("waits for the turn before it");
        assertThat(three.stage()).hasText("waits behind 2 turns of this lane");
        page.lane(LOSS).is("answering, 2 waiting");
        page.photograph("07-queued");

        agent.part(third).says("the third.").ends();
        agent.part(second).says("then the second.");
        agent.part(LOSS).says("the first.").ends();
        assertThat(two.answer()).hasText("then the second.");
        assertThat(three.stage()).hasText("waits for the turn before it");
        agent.part(second).ends();
        assertThat(three.answer()).hasText("the third.");
        assertThat(page.at("answer")).hasText(new String[] {"First, the first.", "then the second.", "the third."});
    }

    @Test
    void stopEndsTheTurnThatRunsAndTheNextOneIsAnswered() {
        String next = "Who earns the fees?";
        TurnItem turn = page.ask(LOSS);
        agent.part(LOSS).says("A shortfall that");
        assertThat(turn.answer()).hasText("A shortfall that");
        TurnItem waiting = page.ask(next);
        agent.part(next).says("Liquidity providers.").ends();
        page.at("stop").click();
        turn.is("cancelled");
        assertThat(turn.root()).containsText("Stopped. The agent will not remember it.");
        assertThat(waiting.answer()).hasText("Liquidity providers.");
        assertThat(page.at("stop")).isHidden();
    }

    @Test
    void aQuestionMayInterruptTheOneThatRuns() {
        String rather = "How does a flash loan work?";
        TurnItem turn = page.ask(LOSS);
        agent.part(LOSS).says("A shortfall that");
        assertThat(turn.answer()).hasText("A shortfall that");
        choose("interrupt");
        assertThat(page.at("composer-hint")).hasText("It will stop the running turn and go next");
        page.photograph("31-policy");
        agent.part(rather).says("Within one ");
        TurnItem instead = page.ask(rather);
        turn.is("cancelled");
        assertThat(turn.root()).containsText("Stopped: a newer question took its place.");
        assertThat(instead.answer()).hasText("Within one");
        assertThat(page.at("policy-chosen")).isEmpty();
        assertThat(page.at("composer-hint")).hasText("It will wait behind 1 turn of this lane");
        agent.part(rather).says("block.").ends();
        assertThat(instead.answer()).hasText("Within one block.");
    }

    @Test
    void thePolicyMenuClosesByEscapeAndByAClickBesideIt() {
        Locator choices = page.at("policy-menu").locator("fieldset");
        choose("reject");
        page.press("Escape");
        assertThat(choices).isHidden();
        assertThat(page.at("policy-menu").locator("summary")).isFocused();
        page.press("Enter");
        assertThat(choices).isVisible();
        page.at("knows").click();
        assertThat(choices).isHidden();
        assertThat(page.at("policy-chosen")).hasText("reject");
    }

    @Test
    void aQuestionThatIsTooLongSaysSoForAsLongAsItIs() {
        String tooLong = "Too long: a question may have 32 KiB.";
        page.field().fill("x".repeat(32 * 1024 + 1));
        page.field().press("Enter");
        assertThat(page.at("composer-hint")).hasText(tooLong);
        page.field().fill(LOSS);
        assertThat(page.at("composer-hint")).isEmpty();

        TurnItem turn = page.ask(LOSS);
        agent.part(LOSS).says("A shortfall ");
        assertThat(turn.answer()).hasText("A shortfall");
        page.field().fill("€".repeat(11_000));
        agent.part(LOSS).says("against holding.").ends();
        turn.is("completed");
        assertThat(page.at("composer-hint")).hasText(tooLong);
        assertThat(page.turns()).hasCount(1);
    }

    private void choose(String policy) {
        page.at("policy-menu").locator("summary").click();
        page.at("policy-menu").locator("input[value=" + policy + "]").check();
        assertThat(page.at("policy-chosen")).hasText(policy);
    }

    @Test
    void aFailedTurnSaysSoInItsPlaceAndMayBeAskedAgain() {
        String question = "What was the gas price in block 1?";
        agent.part(question).givesUp(ErrorCode.AGENT_ERROR, "The archive node gave no answer.");
        TurnItem turn = page.ask(question);
        assertThat(turn.notice()).containsText("The agent could not answer this. The archive node gave no answer.");
        turn.is("failed");
        page.photograph("08-failed");

        agent.part(question).says("About nothing.").ends();
        turn.part("ask-again").click();
        assertThat(page.turns()).hasCount(2);
        assertThat(page.turns().last().getByTestId("answer")).hasText("About nothing.");
    }

    @Test
    void aRetryIsAnnouncedAndVoidsTheTextSoFar() {
        agent.part(LOSS).says("Something wrong").breaks().says("Something right.");
        TurnItem turn = page.ask(LOSS);
        assertThat(turn.stage()).containsText("Attempt 1 failed; the next one starts");
        page.keep("09-retrying");
        assertThat(turn.answer()).hasText("Something right.");
        agent.part(LOSS).ends();
        turn.is("completed");
        assertThat(turn.answer()).hasText("Something right.");
    }

    @Test
    void aTableThatComesBesideTheAnswerCanBeReadAndOpenedLarge() {
        agent.part(LOSS)
                .says("By price ratio:")
                .shows(Map.of(
                        "type",
                        "table",
                        "title",
                        "Loss by price ratio",
                        "columns",
                        List.of("ratio", "loss"),
                        "rows",
                        List.of(List.of("1.25", "0.6 %"), List.of("2", "5.7 %"))))
                .ends();
        TurnItem turn = page.ask(LOSS);
        turn.is("completed");
        assertThat(turn.part("artifact").getByRole(AriaRole.TABLE)).containsText("5.7 %");
        turn.part("artifact").getByRole(AriaRole.BUTTON).click();
        assertThat(page.raw().getByRole(AriaRole.DIALOG)).containsText("5.7 %");
    }
}
