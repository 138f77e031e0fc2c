package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.ToolOutcome;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The choice of an agent, and what the page shows of an agent's work. */
@ExtendWith(PageExtension.class)
class AgentsPageTest {

    private static final String QUESTION = "How much impermanent loss if ETH doubles?";

    private final PromptedAgent agent;
    private final ChatPage page;
    private final Client operator;

    AgentsPageTest(PageFixture fixture) {
        agent = fixture.agent();
        operator = new Client(fixture.address());
        page = fixture.visitor().open();
    }

    @Test
    void callsOfToolsAreShownWithTheirDurationAndOutcomeWhileTheTurnRunsAndAfterAReload() {
        agent.script(QUESTION)
                .stage("computing")
                .toolCall("impermanent_loss", ToolOutcome.COMPLETED)
                .toolCall("swap_quote", ToolOutcome.TIMED_OUT)
                .toolCall("send_money", ToolOutcome.NOT_ALLOWED);
        TurnItem turn = page.ask(QUESTION);
        Pattern[] calls = {
            Pattern.compile("^impermanent_loss 20 ms$"),
            Pattern.compile("^swap_quote timed out after 20 ms$"),
            Pattern.compile("^send_money not called: not allowed for this agent$")
        };
        assertThat(turn.part("tool-call")).hasText(calls);
        assertThat(turn.stage()).hasText("computing");
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("75-tool-calls");

        agent.script(QUESTION).delta("You lose 5.7 %.").complete(0.9);
        turn.hasState("completed");
        assertThat(turn.part("tool-call")).hasText(calls);
        assertThat(turn.root()
                        .getByRole(AriaRole.LIST)
                        .and(page.raw().getByLabel("Tool calls and usage"))
                        .getByRole(AriaRole.LISTITEM))
                .hasCount(4);
        assertThat(turn.part("turn-usage")).hasText("1 model call, 0 input tokens, 0 output tokens");
        page.takeScreenshots("76-small-print");

        page.raw().reload();
        assertThat(turn.part("tool-call")).hasText(calls);
    }

    @Test
    void anotherAttemptStartsWithoutTheToolCallsOfTheFailedOne() {
        agent.script(QUESTION)
                .toolCall("impermanent_loss", ToolOutcome.COMPLETED)
                .fail()
                .toolCall("swap_quote", ToolOutcome.FAILED)
                .delta("So.")
                .complete();
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        assertThat(turn.part("tool-call")).hasText(new String[] {"swap_quote failed after 20 ms"});
    }

    @Test
    void anAgentWithoutModelsHasNoUsage() {
        page.at("policy-menu").locator("summary").click();
        page.at("agents").locator("input[value=echo]").check();
        TurnItem turn = page.ask("repeat this");
        turn.hasState("completed");
        assertThat(turn.part("turn-usage")).hasCount(0);
    }

    @Test
    void theMenuHasTheAgentsOfTheMomentAtWhichItOpens() {
        String name = "added-later";
        Locator menu = page.at("policy-menu").locator("summary");
        Locator added = page.at("agents").locator("input[value=" + name + "]");
        menu.click();
        assertThat(page.at("agents").locator("input[value=echo]")).isVisible();
        assertThat(added).hasCount(0);
        menu.click();
        operator.send(
                "PUT",
                "/v1/agents/" + name,
                Map.of(
                        "type", "echo",
                        "description", "Repeats what you write.",
                        "examples", List.of("Say this again.")));
        Eventually.holds(() -> {
            page.press("Escape");
            menu.click();
            assertThat(added.isVisible()).isTrue();
        });
        added.check();
        assertThat(page.at("policy-chosen")).hasText(name);
        assertThat(page.at("knows")).hasText("Repeats what you write.");
        assertThat(page.at("suggestion")).hasText(new String[] {"Say this again."});
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("77-agent-menu");
        page.at("suggestion").click();
        assertThat(page.turn("Say this again.").answer()).hasText("echo: Say this again.");

        operator.delete("/v1/agents/" + name);
        Eventually.holds(() -> {
            page.press("Escape");
            menu.click();
            assertThat(added.isDisabled()).isTrue();
        });
        assertThat(page.at("policy-chosen")).hasText(name + " (not available)");
        page.takeScreenshots("78-agent-removed");
        page.at("agents").locator("input[value=echo]").check();
        assertThat(page.ask("and this").answer()).hasText("echo: and this");
    }

    @Test
    void aRouteIsOfferedLikeAnAgentAndThePhasesNameTheAgentThatItChose() {
        String name = "rollout";
        operator.send(
                "PUT",
                "/v1/agents/" + name,
                Map.of("type", "route", "targets", List.of(Map.of("agent", "echo", "weight", 1))));
        Locator route = page.at("agents").locator("label").filter(new Locator.FilterOptions().setHasText(name));
        Eventually.holds(() -> {
            page.press("Escape");
            page.at("policy-menu").locator("summary").click();
            assertThat(route.isVisible()).isTrue();
        });
        assertThat(route).hasText(name + ": Answers through one of several agents.");
        route.locator("input").check();
        TurnItem turn = page.ask("repeat this");
        assertThat(turn.answer()).hasText("echo: repeat this");
        assertThat(turn.part("hairline")).hasAttribute("data-state", "measured");
        turn.part("hairline").getByRole(AriaRole.BUTTON).first().click();
        assertThat(turn.part("phases")).containsText("agent echo · chosen by route " + name);
        operator.delete("/v1/agents/" + name);
    }

    @Test
    void theNearestQuestionsAreButtonsThatAskInTheSameLane() {
        String nearest = "What is slippage?";
        agent.script(QUESTION)
                .delta("I don't know that.")
                .completeWithSuggestions(0.2, nearest, "How does a flash loan work?", "What is a peg?");
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        Locator buttons = turn.part("nearest").getByRole(AriaRole.BUTTON);
        assertThat(buttons).hasText(new String[] {nearest, "How does a flash loan work?", "What is a peg?"});
        assertThat(page.raw().getByRole(AriaRole.REGION).and(turn.part("nearest")))
                .hasAccessibleName("Nearest questions");
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("79-nearest-questions");

        page.raw().reload();
        agent.script(nearest).delta("The difference in price.").complete(0.9);
        buttons.first().focus();
        page.press("Enter");
        assertThat(page.turn(nearest).answer()).hasText("The difference in price.");
        assertThat(page.turns()).hasCount(2);
    }

    @Test
    void aQuestionWithNumbersIsAnsweredWithATableAndAChart() {
        page.at("policy-menu").locator("summary").click();
        page.at("agents").locator("input[value=retrieval]").check();
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        assertThat(turn.part("tool-call")).hasText(Pattern.compile("^impermanent_loss [\\d.]+ m?s$"));
        assertThat(turn.answer()).containsText("5.72 %");
        assertThat(turn.part("artifact").first().getByRole(AriaRole.TABLE)).containsText("141.42");
        assertThat(turn.part("chart").getByRole(AriaRole.IMG))
                .hasAccessibleName(Pattern.compile("At a change of 100 %, the loss is 5.72 %"));
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("80-calculation");
    }

    @Test
    void theUsageHasTheCostIfTheServerKnowsPrices() {
        assertThat(page.raw().evaluate("""
                        async () => {
                          const { usageWords } = await import('/js/words.js');
                          const usage = { model_calls: 2, input_tokens: 1204, output_tokens: 310 };
                          return [{}, { cost: 0.00214, currency: 'USD' }, { cost: 12.3456, currency: 'EUR' }]
                              .map((cost) => usageWords({ ...usage, ...cost }).split('310 output tokens')[1]);
                        }""")).isEqualTo(List.of("", ", 0.0021 USD", ", 12.35 EUR"));
    }

    @Test
    void aUsedUpBudgetSaysOnlyWhenItIsRenewed() {
        assertThat(page.raw().evaluate("""
                        async () => {
                          const { outcome } = await import('/js/words.js');
                          const message = 'You have used your budget for today. It is renewed at 00:00.';
                          const problem = { code: 'budget_exhausted', message, retryAfter: 3600 };
                          return outcome({ status: 'refused', problem });
                        }""")).isEqualTo("You have used your budget for today. It is renewed at 00:00.");
    }
}
