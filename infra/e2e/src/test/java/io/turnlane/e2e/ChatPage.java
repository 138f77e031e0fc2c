package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ViewportSize;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The chat page as a visitor has it before them. Used by the test's thread only. */
final class ChatPage {

    private static final Path PICTURES = Path.of("target", "screenshots");
    /** A file that names no icon of its own makes the browser ask for one, too. */
    private static final Pattern LOST_CONNECTION =
            Pattern.compile("net::ERR_|WebSocket connection to .* failed|404 .*/favicon\\.ico");

    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();
    private URI address;
    private @Nullable Pattern expected;

    ChatPage(BrowserContext context, URI address) {
        this.context = context;
        this.address = address;
        this.page = context.newPage();
        page.onConsoleMessage(said -> {
            if (said.type().equals("error") || said.type().equals("warning")) {
                complain(said.text() + " at " + said.location());
            }
        });
        page.onPageError(error -> complaints.add("uncaught: " + error));
        context.onRequest(request -> stayHere(request.url()));
        page.onWebSocket(socket -> stayHere(socket.url().replaceFirst("^ws", "http")));
    }

    private void complain(String text) {
        if (expected == null || !expected.matcher(text).find()) {
            complaints.add(text);
        }
    }

    private void stayHere(String url) {
        if (!url.startsWith(address + "/")) {
            complaints.add("a request to another host: " + url);
        }
    }

    /** The page behind this cable, which may be cut. */
    ChatPage through(Cable cable) {
        return through(cable.address());
    }

    /** The page behind a connection that may break. */
    ChatPage through(URI connection) {
        address = connection;
        expected = LOST_CONNECTION;
        return this;
    }

    /** What the server doesn't know under this path, the browser notes in the console. */
    ChatPage mayMiss(String path) {
        expected = Pattern.compile("404 .* at .*" + Pattern.quote(path));
        return this;
    }

    /** A refusal that passes is noted in the console, too. */
    ChatPage mayBeTurnedAway() {
        expected = Pattern.compile("status of 503|404 .*/favicon\\.ico");
        return this;
    }

    /** A server that wants a key says so, and the browser notes it in the console. */
    ChatPage mayBeAskedForAKey() {
        expected = Pattern.compile("401|WebSocket connection to .* failed");
        return this;
    }

    ChatPage open() {
        page.navigate(address + "/");
        return this;
    }

    /** Errors and warnings in the console, uncaught exceptions, requests to other hosts. */
    List<String> complaints() {
        return complaints;
    }

    Page raw() {
        return page;
    }

    Locator at(String testId) {
        return page.getByTestId(testId);
    }

    Locator field() {
        return at("question-field");
    }

    void press(String key) {
        page.keyboard().press(key);
    }

    /** Writes the question and asks it. */
    TurnItem ask(String question) {
        field().fill(question);
        field().press("Enter");
        return turn(question);
    }

    Locator turns() {
        return at("turn");
    }

    TurnItem turn(String question) {
        Locator heading = at("question").and(page.getByText(question, new Page.GetByTextOptions().setExact(true)));
        return new TurnItem(turns().filter(new Locator.FilterOptions().setHas(heading)));
    }

    /** The lane that a question has named. */
    LaneItem lane(String title) {
        return new LaneItem(at("lane").filter(new Locator.FilterOptions().setHasText(title)));
    }

    /** One question, its answer and what stands around it. */
    record TurnItem(Locator root) {

        Locator part(String testId) {
            return root.getByTestId(testId);
        }

        Locator stage() {
            return part("stage");
        }

        Locator answer() {
            return part("answer");
        }

        Locator notice() {
            return part("notice");
        }

        void is(String state) {
            assertThat(root).hasAttribute("data-state", state);
        }
    }

    /** A lane in the list. */
    record LaneItem(Locator root) {

        void open() {
            root.getByRole(AriaRole.LINK).click();
        }

        void delete() {
            root.hover();
            root.getByTestId("delete-lane").click();
        }

        void is(String words) {
            assertThat(root.getByTestId("lane-state")).hasText(words);
        }

        void isOnView() {
            assertThat(root.locator("a")).hasAttribute("aria-current", "page");
        }
    }

    /** Pictures of what is on view, at both sizes and in both colours; nothing sticks out at any of them. */
    void photograph(String state) {
        ViewportSize before = page.viewportSize();
        page.emulateMedia(new EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        for (Size size : Size.values()) {
            page.setViewportSize(size.width, size.height);
            assertNothingSticksOut();
            for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.emulateMedia(new EmulateMediaOptions().setColorScheme(colours));
                settle();
                keep("%s-%s-%s".formatted(state, size, colours).toLowerCase());
            }
        }
        page.emulateMedia(new EmulateMediaOptions()
                .setColorScheme(ColorScheme.LIGHT)
                .setReducedMotion(ReducedMotion.NO_PREFERENCE));
        page.setViewportSize(before.width, before.height);
    }

    private enum Size {
        DESKTOP(1280, 800),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Size(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    void assertNothingSticksOut() {
        org.assertj.core.api.Assertions.assertThat((List<?>) page.evaluate("""
                        () => [document.documentElement, document.body, document.getElementById('scroll')]
                            .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.id || e.tagName)"""))
                .as("what scrolls sideways")
                .isEmpty();
    }

    /** Until nothing moves any more. */
    void settle() {
        page.evaluate("() => Promise.allSettled(document.getAnimations().map((each) => each.finished))");
    }

    void keep(String name) {
        page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    void keepAs(Path file) {
        page.screenshot(new ScreenshotOptions().setPath(file));
    }

    void close() {
        context.close();
    }
}
