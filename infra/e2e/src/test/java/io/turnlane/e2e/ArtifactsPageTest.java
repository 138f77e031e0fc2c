package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.turnlane.e2e.ChatPage.TurnItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables and charts of answers. */
@ExtendWith(PageExtension.class)
class ArtifactsPageTest {

    private static final String QUESTION = "How much impermanent loss if ETH doubles?";
    private static final String ALT = "A curve from 0 % without a price change to -20 % at five times the price.";

    private static final Map<String, Object> TABLE = Map.of(
            "type",
            "table",
            "title",
            "Impermanent loss by price change",
            "columns",
            List.of(
                    Map.of("name", "Price change", "align", "right"),
                    Map.of("name", "Value in the pool", "unit", "USD"),
                    Map.of("name", "Value if held", "unit", "USD"),
                    Map.of("name", "Loss", "unit", "%"),
                    Map.of("name", "Remark")),
            "rows",
            List.of(
                    List.of("× 1", 10_000, 10_000, 0, "no change"),
                    List.of("× 2", 14_142.14, 15_000, -5.719095841793653, "the question"),
                    List.of("× 5", 22_360.68, 30_000, -25.46, "a good year")));

    private final PageFixture fixture;
    private final PromptedAgent agent;

    ArtifactsPageTest(PageFixture fixture) {
        this.fixture = fixture;
        agent = fixture.agent();
    }

    private static Map<String, Object> chart(Map<String, Object> spec) {
        return Map.of("type", "chart", "title", "Impermanent loss", "alt", ALT, "spec", spec);
    }

    /** Returns a curve with a point, as two layers. */
    private static Map<String, Object> curve() {
        List<Map<String, Object>> points = new ArrayList<>();
        for (double ratio : new double[] {1, 1.5, 2, 3, 4, 5}) {
            points.add(Map.of("ratio", ratio, "loss", 100 * (2 * Math.sqrt(ratio) / (1 + ratio) - 1)));
        }
        Map<String, Object> x = Map.of("field", "ratio", "type", "quantitative", "title", "Price after / before");
        Map<String, Object> y = Map.of("field", "loss", "type", "quantitative", "title", "Loss (%)");
        return Map.of(
                "$schema", "https://vega.github.io/schema/vega-lite/v6.json",
                "background", "white",
                "data", Map.of("values", points),
                "encoding", Map.of("x", x, "y", y),
                "layer",
                        List.of(
                                Map.of("mark", "line"),
                                Map.of(
                                        "mark", Map.of("type", "point", "filled", true, "size", 80),
                                        "transform", List.of(Map.of("filter", "datum.ratio == 2")))));
    }

    private TurnItem ask(ChatPage page, Map<String, Object> artifact) {
        agent.script(QUESTION)
                .delta("You lose **5.7 %** against holding both coins.")
                .artifact(artifact)
                .complete(0.9);
        TurnItem turn = page.ask(QUESTION);
        turn.hasState("completed");
        return turn;
    }

    @Test
    void theNumbersOfATableAreAlignedAndHaveTheUnitOfTheirColumn() {
        ChatPage page = fixture.visitorWithPhone().open();
        Locator table = ask(page, TABLE).part("artifact").getByRole(AriaRole.TABLE);
        assertThat(table.getByRole(AriaRole.COLUMNHEADER).nth(3)).hasText("Loss (%)");
        assertThat(table.getByRole(AriaRole.ROW).nth(2).getByRole(AriaRole.CELL))
                .hasText(new String[] {"× 2", "14,142.14", "15,000", "-5.72", "the question"});
        assertThat(table.getByRole(AriaRole.ROW).nth(2).getByRole(AriaRole.CELL).nth(3))
                .hasCSS("text-align", "right");
        assertThat(table.evaluate("e => e.parentElement.scrollWidth > e.parentElement.clientWidth"))
                .as("scrolls sideways on a phone")
                .isEqualTo(true);
        page.assertNothingOverflows();
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("70-table");
    }

    @Test
    void aChartIsAPictureWithATextAndItsDataAsATable() {
        ChatPage page = fixture.visitor();
        List<String> libraries = new ArrayList<>();
        page.raw().context().onRequest(request -> {
            if (request.url().contains("/vega")) {
                libraries.add(request.url());
            }
        });
        page.open();
        assertThat(page.at("suggestion").first()).isVisible();
        assertThat(libraries).as("loaded before the first chart").isEmpty();
        TurnItem turn = ask(page, chart(curve()));
        Locator picture = turn.part("chart").getByRole(AriaRole.IMG);
        assertThat(picture).hasAccessibleName(ALT);
        assertThat(picture.evaluate("async e => { await e.decode(); return e.naturalWidth > 400; }"))
                .isEqualTo(true);
        assertThat(libraries).isNotEmpty();
        Locator data = turn.part("chart-data");
        assertThat(data.getByRole(AriaRole.TABLE)).isHidden();
        data.locator("summary").click();
        assertThat(data.getByRole(AriaRole.COLUMNHEADER)).hasText(new String[] {"Price after / before", "Loss (%)"});
        assertThat(data.getByRole(AriaRole.ROW).nth(3).getByRole(AriaRole.CELL)).hasText(new String[] {"2.0", "-5.72"});
        assertThat(page.accessibilityViolations()).isEmpty();
        data.locator("summary").click();
        page.takeScreenshots("71-chart");
    }

    @Test
    void aChartIsDrawnInTheColoursOfTheTheme() {
        ChatPage page = fixture.visitor().open();
        TurnItem turn = ask(page, chart(curve()));
        Locator picture = turn.part("chart").getByRole(AriaRole.IMG);
        assertThat(picture).hasAttribute("src", Pattern.compile(".*" + inUrl("rgb(11, 93, 87)") + ".*"));
        page.raw().emulateMedia(new EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        assertThat(picture).hasAttribute("src", Pattern.compile(".*" + inUrl("rgb(99, 199, 187)") + ".*"));
        page.at("theme").click();
        assertThat(page.at("theme")).hasText("Theme: light");
        assertThat(picture).hasAttribute("src", Pattern.compile(".*" + inUrl("rgb(11, 93, 87)") + ".*"));
        assertThat(picture.getAttribute("src")).as("the ground of the page").doesNotContain("white");
    }

    private static String inUrl(String colour) {
        return colour.replace("(", "\\(")
                .replace(")", "\\)")
                .replace(",", "%2C")
                .replace(" ", "%20");
    }

    @Test
    void aChartIsEnlargedAndClosedWithTheKeyboard() {
        ChatPage page = fixture.visitor().open();
        TurnItem turn = ask(page, chart(curve()));
        Locator picture = turn.part("chart").getByRole(AriaRole.IMG);
        assertThat(picture).isVisible();
        Locator button = turn.part("artifact").getByLabel("Enlarge");
        button.focus();
        page.press("Enter");
        Locator dialog = page.raw().getByRole(AriaRole.DIALOG);
        Locator large = dialog.getByRole(AriaRole.IMG);
        assertThat(large).isVisible();
        assertThat(dialog.getByRole(AriaRole.HEADING)).hasText("Impermanent loss");
        BoundingBox box = large.boundingBox();
        assertThat(box.width).isGreaterThan(1.3 * picture.boundingBox().width);
        assertThat(dialog.getByTestId("chart-data")).isVisible();
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("72-chart-large");
        page.press("Escape");
        assertThat(dialog).isHidden();
        assertThat(button).isFocused();
        picture.click();
        assertThat(large).isVisible();
    }

    @Test
    void aChartThatNamesDataAtAnotherAddressIsNotLoaded() {
        ChatPage page = fixture.visitor().open();
        List<String> requests = new ArrayList<>();
        page.raw().context().onRequest(request -> requests.add(request.url()));
        TurnItem turn = ask(
                page,
                chart(Map.of(
                        "data", Map.of("url", "https://evil.example/data.json"),
                        "mark", "bar",
                        "encoding", Map.of("x", Map.of("field", "a")))));
        assertThat(turn.part("chart-error"))
                .hasText("The chart cannot be shown: its data is at another address, and the page loads no data.");
        assertThat(turn.part("chart")).containsText(ALT);
        assertThat(turn.part("chart-data").locator("pre")).isVisible();
        assertThat(requests).noneMatch(url -> url.contains("evil"));
    }

    @Test
    void aChartThatCannotBeDrawnShowsItsTextAndItsDataAndTheTurnGoesOn() {
        ChatPage page = fixture.visitor().open();
        TurnItem turn = ask(
                page,
                chart(Map.of(
                        "data", Map.of("values", List.of(Map.of("ratio", 2, "loss", -5.7))),
                        "mark", Map.of("type", "no such mark"),
                        "encoding", Map.of("x", Map.of("field", "ratio", "type", "quantitative")))));
        assertThat(turn.part("chart-error")).containsText("The chart cannot be shown: its specification is invalid (");
        assertThat(turn.part("chart")).containsText(ALT);
        assertThat(turn.part("chart-data").getByRole(AriaRole.TABLE)).isVisible();
        assertThat(turn.answer()).hasText("You lose 5.7 % against holding both coins.");
        assertThat(page.accessibilityViolations()).isEmpty();
        page.takeScreenshots("73-chart-broken");

        String next = "And a good one?";
        agent.script(next).delta("Here:").artifact(chart(curve())).complete();
        assertThat(page.ask(next).part("chart").getByRole(AriaRole.IMG)).isVisible();
    }

    @Test
    void aChartThatTakesTooLongIsStopped() {
        ChatPage page = fixture.visitor();
        page.raw().clock().install();
        page.raw()
                .context()
                .route(
                        "**/chart-worker.js",
                        route -> route.fulfill(
                                new FulfillOptions()
                                        .setContentType("text/javascript")
                                        .setBody(
                                                "onmessage = ({ data }) => { if (!data.spec) postMessage({}); else for (;;); };")));
        page.open();
        TurnItem turn = ask(page, chart(curve()));
        assertThat(turn.part("chart")).hasText(ALT);
        page.raw().clock().fastForward(10_000);
        assertThat(turn.part("chart-error")).hasText("The chart cannot be shown: drawing it takes too long.");
    }

    @Test
    void afterAReloadAnAnswerStillHasItsTablesAndCharts() {
        ChatPage page = fixture.visitor().open();
        agent.script(QUESTION)
                .delta("You lose 5.7 %.")
                .artifact(TABLE)
                .artifact(chart(curve()))
                .complete(0.9);
        page.ask(QUESTION).hasState("completed");
        page.raw().reload();
        TurnItem turn = page.turn(QUESTION);
        assertThat(turn.part("artifact")).hasCount(2);
        assertThat(turn.part("artifact").first().getByRole(AriaRole.TABLE)).containsText("-5.72");
        assertThat(turn.part("chart").getByRole(AriaRole.IMG)).hasAccessibleName(ALT);
        assertThat(turn.part("turn-usage")).hasText("1 model call, 0 input tokens, 0 output tokens");
    }
}
