package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.Media;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.Source;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Long questions, code, wide tables and other scripts, on screens of any size, in forced colours and on paper. */
@ExtendWith(PageExtension.class)
class ReadingPageTest {

    private static final String QUESTION = "How do I compute the loss?";
    private static final String CODE = """
            In Java:

            ```java
            double loss(double ratio) { return 2 * Math.sqrt(ratio) / (1 + ratio) - 1; }
            ```

            and without a name:

            ```
            2 * sqrt(r) / (1 + r) - 1
            ```
            """;
    private static final String TABLE = """
            | pool | fee | volume a day | share of the fees | yield a year |
            |---|--:|--:|--:|--:|
            | ETH/USDC | 0.05 % | 410,000,000 | 61 % | 4.2 % |
            | WBTC/ETH | 0.30 % | 82,000,000 | 25 % | 6.9 % |
            """;

    private final PageFixture fixture;
    private final PromptedAgent agent;

    ReadingPageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
    }

    @Test
    void aLongQuestionIsCutAndTheDrawerStaysUsable() {
        ChatPage page = fixture.visitorWithPhone().open();
        String question = "Please compare " + "every pool that I have ever used with every other one, ".repeat(50);
        agent.script(question.trim()).delta("They differ.").complete(0.8, new Source("amm-03", "Pools", 0.9));
        page.field().fill(question);
        page.field().press("Enter");
        TurnItem turn = new TurnItem(page.turns());
        turn.hasState("completed");
        Locator text = turn.part("question");
        assertThat(text).hasCSS("font-weight", "450");
        double cut = text.boundingBox().height;
        assertThat(cut).isLessThan(200);
        page.takeScreenshots("43-long-question");
        turn.part("show-more").click();
        assertThat(turn.part("show-more")).hasText("Show less");
        assertThat(text.boundingBox().height).isGreaterThan(3 * cut);

        turn.part("source").tap();
        assertThat(page.at("close-drawer")).isInViewport();
        BoundingBox sources = page.at("drawer-sources").boundingBox();
        assertThat(sources.y).isLessThan(844 - 250);
        page.at("drawer").getByTestId("show-more").tap();
        assertThat(page.at("close-drawer")).isInViewport();
        assertThat(page.at("drawer-sources")).isInViewport();
        page.takeScreenshots("44-long-question-drawer");
    }

    @Test
    void codeShowsItsLanguageIsColouredAndCanBeCopied() {
        ChatPage page = fixture.visitor();
        page.raw().context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        List<String> libraries = new ArrayList<>();
        page.raw().onRequest(request -> {
            if (request.url().contains("highlight")) {
                libraries.add(request.url());
            }
        });
        page.open();
        assertThat(page.at("suggestion").first()).isVisible();
        assertThat(libraries.stream().filter(url -> url.contains("webjars"))).isEmpty();
        agent.script(QUESTION).delta(CODE).complete(0.8);
        TurnItem turn = page.ask(QUESTION);
        Locator java = turn.part("code").first();
        assertThat(java).containsText("java");
        assertThat(java.locator(".hljs-keyword").first()).hasText("return");
        assertThat(turn.part("code").nth(1).locator("span[class^=hljs]")).hasCount(0);
        java.getByLabel("Copy this code").click();
        page.raw()
                .waitForCondition(() -> page.raw()
                        .evaluate("() => navigator.clipboard.readText()")
                        .toString()
                        .startsWith("double loss(double ratio)"));
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("45-code");
    }

    @Test
    void aWideTableFitsAPhoneAsLists() {
        ChatPage page = fixture.visitorWithPhone().open();
        agent.script(QUESTION).delta(TABLE).complete(0.8);
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        Locator table = turn.answer().getByRole(AriaRole.TABLE);
        assertThat(table.getByRole(AriaRole.CELL)).hasCount(10);
        assertThat(table.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth"))
                .isEqualTo(true);
        assertThat(table.evaluate("e => getComputedStyle(e.rows[1].cells[2], '::before').content"))
                .isEqualTo("\"volume a day\"");
        page.takeScreenshots("46-table");
    }

    @Test
    void eachParagraphHasTheDirectionOfItsText() {
        ChatPage page = fixture.visitor().open();
        String question = "מהו הפסד זמני?";
        agent.script(question).delta("הפסד זמני הוא פער.\n\nIt is a shortfall.").complete(0.8);
        TurnItem turn = page.ask(question);
        turn.hasState("completed");
        assertThat(turn.part("question")).hasCSS("direction", "rtl");
        assertThat(turn.answer().locator("p").first()).hasCSS("direction", "rtl");
        assertThat(turn.answer().locator("p").nth(1)).hasCSS("direction", "ltr");
        page.takeScreenshots("47-direction");
    }

    @Test
    void theNearestQuestionsOfAnAnswerCanBeAsked() {
        ChatPage page = fixture.visitor().open();
        String nearest = "What is slippage?";
        agent.script(QUESTION)
                .delta("I don't know. The nearest questions:\n\n- " + nearest + "\n- No question\n")
                .complete(0.2);
        page.ask(QUESTION).hasState("completed");
        assertThat(page.at("ask-this")).hasCount(1);
        agent.script(nearest).delta("The difference in price.").complete(0.9);
        page.at("ask-this").click();
        assertThat(page.turn(nearest).answer()).hasText("The difference in price.");
    }

    @Test
    void forcedColoursKeepTheHairlineTheLaneAndTheConfidence() {
        ChatPage page = fixture.visitor().open();
        agent.script(QUESTION).delta("So.").complete(0.8);
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        assertThat(turn.part("hairline")).hasAttribute("data-state", "measured");
        page.raw().emulateMedia(new EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));
        page.awaitAnimations();
        String ground = page.raw().locator("body").evaluate(COLOUR).toString();
        assertThat(turn.root().locator(".bead").evaluate(COLOUR)).isNotEqualTo(ground);
        assertThat(turn.root().locator(".confidence-bar i").evaluate(COLOUR)).isNotEqualTo(ground);
        assertThat(page.at("lane").locator(".is-arrived").evaluate(COLOUR)).isNotEqualTo(ground);
        assertThat(turn.root().locator(".track i").nth(2).evaluate("e => getComputedStyle(e).forcedColorAdjust"))
                .isEqualTo("none");
        page.saveScreenshot("48-forced-colours");
    }

    private static final String COLOUR = "e => getComputedStyle(e).backgroundColor";

    @Test
    void at400PercentTheMenusFitTheWindow() {
        ChatPage page = fixture.visitor().open();
        assertThat(page.at("suggestion").first()).isVisible();
        page.raw().setViewportSize(320, 200);
        page.at("policy-menu").locator("summary").click();
        BoundingBox panel = page.at("policy-menu").locator(".panel").boundingBox();
        assertThat(panel.y).isGreaterThanOrEqualTo(0);
        assertThat(panel.y + panel.height).isLessThanOrEqualTo(200);
        page.at("policy").locator("input").last().scrollIntoViewIfNeeded();
        assertThat(page.at("policy").locator("input").last()).isInViewport();
        page.saveScreenshot("49-zoomed-menu");
    }

    @Test
    void theEmptyScreenOpensAtItsTop() {
        ChatPage page = fixture.visitor();
        page.raw().setViewportSize(700, 420);
        page.open();
        assertThat(page.at("suggestion").first()).isVisible();
        assertThat(page.raw().evaluate("() => document.getElementById('scroll').scrollTop"))
                .isEqualTo(0);
    }

    @Test
    void paperShowsTheWholeConversationAndNothingElse() {
        ChatPage page = fixture.visitor().open();
        agent.script(QUESTION).delta("A line.\n\n".repeat(80)).complete(0.8);
        page.ask(QUESTION).hasState("completed");
        page.raw().emulateMedia(new EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(page.at("lanes")).isHidden();
        assertThat(page.field()).isHidden();
        assertThat(page.raw().evaluate("() => document.documentElement.scrollHeight > 2000"))
                .isEqualTo(true);
        assertThat(page.raw().evaluate("""
                () => { const { scrollHeight, clientHeight } = document.getElementById('scroll');
                        return scrollHeight <= clientHeight; }""")).isEqualTo(true);
    }
}
