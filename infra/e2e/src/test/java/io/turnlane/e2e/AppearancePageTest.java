package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Themes, sizes, phones and use without a mouse. */
@ExtendWith(PageExtension.class)
class AppearancePageTest {

    private static final String LOSS = "What is impermanent loss?";
    private static final String LIGHT = "rgb(250, 248, 244)";
    private static final String DARK = "rgb(22, 21, 19)";

    private final PageFixture fixture;
    private final PromptedAgent agent;

    AppearancePageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
    }

    @Test
    void theThemeFollowsTheSystemUntilTheUserChooses() {
        ChatPage page = fixture.visitor(new NewContextOptions().setColorScheme(ColorScheme.DARK))
                .open();
        Locator body = page.raw().locator("body");
        assertThat(body).hasCSS("background-color", DARK);
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Theme: light");
        assertThat(body).hasCSS("background-color", LIGHT);
        page.raw().reload();
        assertThat(body).hasCSS("background-color", LIGHT);
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Theme: dark");
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Theme: system");
        assertThat(body).hasCSS("background-color", DARK);
    }

    @Test
    void onAPhoneTheLanesAreASheetAndTheFieldIsVisible() {
        ChatPage page = fixture.visitorWithPhone().open();
        assertThat(page.at("lanes")).not().isInViewport();
        assertThat(page.field()).isInViewport();
        agent.script(LOSS)
                .delta(SampleAnswer.LOSS_BEGINNING)
                .delta(SampleAnswer.LOSS_CONTINUATION)
                .complete(0.87);
        TurnItem turn = page.ask(LOSS);
        turn.hasState("completed");
        assertThat(page.at("send")).isInViewport();
        page.assertNothingOverflows();
        page.awaitAnimations();
        page.saveScreenshot("17-phone-answered");

        page.raw().locator("#new-lane-top").tap();
        assertThat(page.at("empty")).isVisible();
        page.at("open-lanes").tap();
        assertThat(page.at("lanes")).isInViewport();
        assertThat(page.raw().locator("main")).hasAttribute("inert", "");
        page.awaitAnimations();
        page.saveScreenshot("18-phone-lanes");
        page.lane(LOSS).root().getByRole(AriaRole.LINK).tap();
        assertThat(page.at("lanes")).not().isInViewport();
        assertThat(turn.answer()).containsText("Impermanent loss");
        page.assertNothingOverflows();
    }

    @Test
    void everythingCanBeUsedWithTheKeyboard() {
        ChatPage page = fixture.visitor().open();
        agent.script(LOSS).delta("A shortfall.").complete(0.8, new Source("amm-03", "Impermanent loss", 0.9));
        assertThat(page.field()).isFocused();
        page.raw().keyboard().type(LOSS);
        page.press("Enter");
        TurnItem turn = page.turn(LOSS);
        turn.hasState("completed");
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
        page.lane(LOSS).isShown();
    }

    /** Presses the key until the element has the focus, and checks that the focus is visible. */
    private static void tabTo(ChatPage page, Locator target, String key) {
        for (int i = 0; i < 40 && !(Boolean) target.evaluate("e => e === document.activeElement"); i++) {
            page.press(key);
        }
        assertThat(target).isFocused();
        assertThat(target).hasCSS("outline-style", "solid");
    }
}
