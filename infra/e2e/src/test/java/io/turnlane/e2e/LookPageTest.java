package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.Source;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Colours, sizes, a phone, and no mouse at all. */
@ExtendWith(PageTests.class)
class LookPageTest {

    private static final String LOSS = "What is impermanent loss?";
    private static final String LIQUIDATION = "What happens when a loan is liquidated?";
    private static final String SLIPPAGE = "What does slippage cost me?";
    private static final String LIGHT = "rgb(250, 248, 244)";
    private static final String DARK = "rgb(22, 21, 19)";

    private final PageStage stage;
    private final PromptedAgent agent;

    LookPageTest(PageStage stage) {
        this.stage = stage;
        agent = stage.agent();
    }

    @Test
    void coloursFollowTheSystemUntilSomebodyChooses() {
        ChatPage page = stage.visitor(new NewContextOptions().setColorScheme(ColorScheme.DARK))
                .open();
        Locator body = page.raw().locator("body");
        assertThat(body).hasCSS("background-color", DARK);
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Light");
        assertThat(body).hasCSS("background-color", LIGHT);
        page.raw().reload();
        assertThat(body).hasCSS("background-color", LIGHT);
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Dark");
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("As the system");
        assertThat(body).hasCSS("background-color", DARK);
    }

    @Test
    void onAPhoneTheLanesAreASheetAndTheFieldIsInReach() {
        ChatPage page = stage.visitorWithPhone().open();
        assertThat(page.at("lanes")).not().isInViewport();
        assertThat(page.field()).isInViewport();
        agent.part(LOSS).says(DeFi.LOSS_BEGINS).says(DeFi.LOSS_GOES_ON).ends(0.87);
        TurnItem turn = page.ask(LOSS);
        turn.is("completed");
        assertThat(page.at("send")).isInViewport();
        page.assertNothingSticksOut();
        page.settle();
        page.keep("17-phone-answered");

        page.raw().locator("#new-lane-top").tap();
        assertThat(page.at("empty")).isVisible();
        page.at("open-lanes").tap();
        assertThat(page.at("lanes")).isInViewport();
        assertThat(page.raw().locator("main")).hasAttribute("inert", "");
        page.settle();
        page.keep("18-phone-lanes");
        page.lane(LOSS).root().getByRole(AriaRole.LINK).tap();
        assertThat(page.at("lanes")).not().isInViewport();
        assertThat(turn.answer()).containsText("Impermanent loss");
        page.assertNothingSticksOut();
    }

    @Test
    void everythingCanBeReachedAndSeenByKeysAlone() {
        ChatPage page = stage.visitor().open();
        agent.part(LOSS).says("A shortfall.").ends(0.8, new Source("amm-03", "Impermanent loss", 0.9));
        assertThat(page.field()).isFocused();
        page.raw().keyboard().type(LOSS);
        page.press("Enter");
        TurnItem turn = page.turn(LOSS);
        turn.is("completed");
        assertThat(turn.part("source")).isVisible();

        Locator hairline = turn.part("hairline").getByRole(AriaRole.BUTTON).first();
        tabTo(page, hairline, "Shift+Tab");
        page.press("Enter");
        assertThat(turn.part("phases")).isVisible();
        page.press("Space");
        assertThat(turn.part("phases")).isHidden();
        tabTo(page, turn.part("source"), "Tab");
        page.press("Enter");
        assertThat(page.at("close-drawer")).isFocused();
        page.press("Escape");
        assertThat(turn.part("source")).isFocused();
        tabTo(page, page.lane(LOSS).root().getByTestId("delete-lane"), "Shift+Tab");
        page.press("Enter");
        assertThat(page.lane(LOSS).root()).hasCount(0);
        tabTo(page, page.at("undo-button"), "Tab");
        page.press("Enter");
        page.lane(LOSS).isOnView();
    }

    /** Presses the key until the focus is there, and sees that it is to be seen. */
    private static void tabTo(ChatPage page, Locator goal, String key) {
        for (int i = 0; i < 40 && !(Boolean) goal.evaluate("e => e === document.activeElement"); i++) {
            page.press(key);
        }
        assertThat(goal).isFocused();
        assertThat(goal).hasCSS("outline-style", "solid");
    }

    /** Also the README's picture: {@code -Dscreenshots.update=true} puts it there. */
    @Test
    void thePictureOfItAll() {
        ChatPage page = stage.visitor(
                        new NewContextOptions().setViewportSize(1280, 800).setDeviceScaleFactor(2))
                .open();
        agent.part(SLIPPAGE).says("Half of the spread.").ends();
        page.ask(SLIPPAGE).is("completed");
        page.at("new-lane").click();
        TurnItem other = page.ask(LIQUIDATION);
        page.ask("Who gets the liquidation bonus?");
        agent.part(LIQUIDATION).stage("searching 214 answers").says("Your position is closed by ");
        assertThat(other.answer()).containsText("closed by");
        page.at("new-lane").click();
        TurnItem turn = page.ask(LOSS);
        agent.part(LOSS).stage("searching 214 answers");
        assertThat(turn.stage()).hasText("searching 214 answers");
        agent.part(LOSS).says(DeFi.LOSS_BEGINS);
        assertThat(turn.answer()).containsText("compared with simply holding");
        agent.part(LOSS).says(DeFi.LOSS_GOES_ON).ends(0.87, DeFi.SOURCES);
        turn.is("completed");
        assertThat(turn.part("hairline")).hasAttribute("data-state", "measured");
        turn.part("hairline").getByRole(AriaRole.BUTTON).first().click();
        page.lane(LIQUIDATION).is("answering, 1 waiting");
        page.settle();
        page.keep("19-readme");
        if (Boolean.getBoolean("screenshots.update")) {
            page.keepAs(Path.of("..", "..", "docs", "images", "page.png"));
        }
    }
}
