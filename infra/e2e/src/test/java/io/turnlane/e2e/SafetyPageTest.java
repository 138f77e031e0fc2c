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
 * An answer is somebody else's text: nothing in it runs, loads or leaves. That no request goes to another host and no
 * policy is violated is checked after every page test; here it has something to catch.
 */
@ExtendWith(PageTests.class)
class SafetyPageTest {

    private static final String QUESTION = "What is a rug pull?";

    /** Uncompressed. The aim is 100 KB; until it is reached the page grows no further. */
    private static final int MOST_OWN_BYTES = 116 * 1024;

    private static final String MALICE = """
            Before <script>window.hurt = 1</script> and <img src=x onerror="window.hurt = 2"> inline.

            <script src="https://evil.example/x.js"></script>

            <iframe srcdoc="<script>parent.hurt = 3</script>"></iframe>

            <svg onload="window.hurt = 4"><style>body { display: none }</style></svg>

            <form action="https://evil.example/"><button>Claim</button></form>

            [click me](javascript:window.hurt=5) and [me](data:text/html,<script>window.hurt=6</script>)
            and [this](https://evil.example/page "a title")

            ![a remote picture](https://evil.example/pixel.png) ![x](x" onerror="window.hurt=7)

            <a href="https://evil.example" onmouseover="window.hurt = 8" style="position:fixed;inset:0">everywhere</a>

            ```html
            <script>window.hurt = 9</script>
            ```

            | <img src=x onerror="window.hurt = 10"> | b |
            |---|---|
            | <b onclick="window.hurt = 11">bold</b> | d |

            After.""";

    private final PromptedAgent agent;
    private final ChatPage page;

    SafetyPageTest(PageStage stage) {
        agent = stage.agent();
        page = stage.visitor();
    }

    @Test
    void maliciousMarkdownIsShownAndDoesNothing() {
        page.open();
        TurnItem turn = page.ask(QUESTION);
        MALICE.lines().forEach(line -> agent.part(QUESTION).says(line + "\n"));
        agent.part(QUESTION).ends();
        turn.is("completed");
        assertThat(turn.answer()).containsText("After.");
        assertThat(turn.answer()).containsText("<script>window.hurt = 1</script>");
        assertThat(turn.answer().locator("script, img, iframe, svg:not(.icon), style, form, object, embed"))
                .hasCount(0);
        assertThat(attributesOf(turn)).noneMatch(name -> name.startsWith("on") || name.equals("style"));
        assertThat(linksOf(turn)).isNotEmpty().allMatch(link -> link.startsWith("https://evil.example"));
        page.photograph("16-malice");
        turn.answer().hover();
        for (String nothing : List.of("click me", "bold")) {
            turn.answer().getByText(nothing).first().click();
        }
        assertThat(page.raw().evaluate("() => window.hurt ?? 'unhurt'")).isEqualTo("unhurt");
        assertThat(page.raw().context().pages()).hasSize(1);
    }

    @Test
    void aQuestionATitleAndASourceAreTextEverywhere() {
        String question = "<img src=x onerror='window.hurt = 1'> **why**?";
        page.open();
        agent.part(question)
                .stage("<b>searching</b>")
                .says("Because.")
                .shows(Map.of(
                        "title", "<i>t</i>", "columns", List.of("<u>c</u>"), "rows", List.of(List.of("<s>r</s>"))))
                .ends(0.5, new Source("<i>", "<img src=x onerror='window.hurt = 2'>", 0.5));
        TurnItem turn = page.ask(question);
        turn.is("completed");
        turn.part("source").click();
        assertThat(page.at("drawer-sources")).containsText("<img src=x");
        assertThat(page.lane(question).root()).isVisible();
        assertThat(page.raw().locator("img")).hasCount(0);
        assertThat(page.raw().evaluate("() => window.hurt ?? 'unhurt'")).isEqualTo("unhurt");
    }

    @Test
    void ourOwnScriptAndStyleStaySmall() {
        List<Response> own = new ArrayList<>();
        page.raw().onResponse(response -> {
            if (response.url().matches(".*/(js|css)/.*")) {
                own.add(response);
            }
        });
        page.open();
        assertThat(page.at("suggestion").first()).isVisible();
        assertThat(own).hasSizeGreaterThan(10);
        int bytes = own.stream().mapToInt(response -> response.body().length).sum();
        System.out.println("the page's own script and style: " + own.size() + " files, " + bytes + " bytes");
        assertThat(bytes).isLessThan(MOST_OWN_BYTES);
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
