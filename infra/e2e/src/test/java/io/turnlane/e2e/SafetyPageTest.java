package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Response;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.model.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Malicious text in answers, questions and sources: nothing in it is executed or loaded. {@link PageExtension} checks
 * after every page test that no request went to another host and that no content security policy was violated.
 */
@ExtendWith(PageExtension.class)
class SafetyPageTest {

    private static final String QUESTION = "What is a rug pull?";

    /** Limit in bytes for all scripts and styles of the page, as the server sends them. */
    private static final int MAX_OWN_BYTES = 100_000;

    private static final String MALICIOUS_ANSWER = """
            Before <script>window.harm = 1</script> and <img src=x onerror="window.harm = 2"> inline.

            <script src="https://evil.example/x.js"></script>

            <iframe srcdoc="<script>parent.harm = 3</script>"></iframe>

            <svg onload="window.harm = 4"><style>body { display: none }</style></svg>

            <form action="https://evil.example/"><button>Claim</button></form>

            [click me](javascript:window.harm=5) and [me](data:text/html,<script>window.harm=6</script>)
            and [this](https://evil.example/page "a title")

            ![a remote picture](https://evil.example/pixel.png) ![x](x" onerror="window.harm=7)

            <a href="https://evil.example" onmouseover="window.harm = 8" style="position:fixed;inset:0">everywhere</a>

            ```html
            <script>window.harm = 9</script>
            ```

            | <img src=x onerror="window.harm = 10"> | b |
            |---|---|
            | <b onclick="window.harm = 11">bold</b> | d |

            After.""";

    private final PromptedAgent agent;
    private final ChatPage page;

    SafetyPageTest(PageFixture fixture) {
        agent = fixture.agent();
        page = fixture.visitor();
    }

    @Test
    void maliciousMarkdownIsShownAndDoesNothing() {
        page.open();
        TurnItem turn = page.ask(QUESTION);
        MALICIOUS_ANSWER.lines().forEach(line -> agent.script(QUESTION).delta(line + "\n"));
        agent.script(QUESTION).complete();
        turn.hasState("completed");
        assertThat(turn.answer()).containsText("After.");
        assertThat(turn.answer()).containsText("<script>window.harm = 1</script>");
        assertThat(turn.answer().locator("script, img, iframe, svg:not(.icon), style, form, object, embed"))
                .hasCount(0);
        assertThat(attributesOf(turn)).noneMatch(name -> name.startsWith("on") || name.equals("style"));
        assertThat(linksOf(turn)).isNotEmpty().allMatch(link -> link.startsWith("https://evil.example"));
        page.takeScreenshots("16-malice");
        turn.answer().hover();
        for (String text : List.of("click me", "bold")) {
            turn.answer().getByText(text).first().click();
        }
        assertThat(page.raw().evaluate("() => window.harm ?? 'unharmed'")).isEqualTo("unharmed");
        assertThat(page.raw().context().pages()).hasSize(1);
    }

    @Test
    void questionsTitlesAndSourcesAreShownAsText() {
        String question = "<img src=x onerror='window.harm = 1'> **why**?";
        page.open();
        agent.script(question)
                .stage("<b>searching</b>")
                .delta("Because.")
                .artifact(Map.of(
                        "title", "<i>t</i>", "columns", List.of("<u>c</u>"), "rows", List.of(List.of("<s>r</s>"))))
                .complete(0.5, new Source("<i>", "<img src=x onerror='window.harm = 2'>", 0.5));
        TurnItem turn = page.ask(question);
        turn.hasState("completed");
        turn.part("source").click();
        assertThat(page.at("drawer-sources")).containsText("<img src=x");
        assertThat(page.lane(question).root()).isVisible();
        assertThat(page.raw().locator("img")).hasCount(0);
        assertThat(page.raw().evaluate("() => window.harm ?? 'unharmed'")).isEqualTo("unharmed");
    }

    @Test
    void scriptsAndStylesStaySmall() {
        List<Response> own = new ArrayList<>();
        page.raw().onResponse(response -> {
            if (response.url().matches(".*/(js|css)/.*")) {
                own.add(response);
            }
        });
        page.open();
        assertThat(page.at("suggestion").first()).isVisible();
        assertThat(own).hasSizeGreaterThan(10);
        int sent = own.stream()
                .mapToInt(response -> response.request().sizes().responseBodySize)
                .sum();
        int unpacked = own.stream().mapToInt(response -> response.body().length).sum();
        System.out.println("scripts and styles of the page: " + own.size() + " files, " + sent + " bytes sent, "
                + unpacked + " bytes uncompressed");
        assertThat(sent).isLessThan(unpacked / 2).isLessThan(MAX_OWN_BYTES);
    }

    @SuppressWarnings("unchecked")
    private static List<String> attributesOf(TurnItem turn) {
        return (List<String>)
                turn.answer().evaluate("e => [...e.querySelectorAll('*')].flatMap(x => x.getAttributeNames())");
    }

    @SuppressWarnings("unchecked")
    private static List<String> linksOf(TurnItem turn) {
        return (List<String>) turn.answer().evaluate("e => [...e.querySelectorAll('a[href]')].map(x => x.href)");
    }
}
