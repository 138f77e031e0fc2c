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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The chat page or the console in a browser. Used by the test's thread only. */
final class ChatPage {

    private static final String AXE = readAxe();
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    /** Screenshots are for people and take about a second for each state. {@code -Dscreenshots=true} takes them. */
    private static final boolean TAKES_SCREENSHOTS = Boolean.getBoolean("screenshots");

    /** If a page names no icon, the browser also requests favicon.ico. */
    private static final Pattern LOST_CONNECTION =
            Pattern.compile("net::ERR_|WebSocket connection to .* failed|404 .*/favicon\\.ico");

    private final BrowserContext context;
    private final Page page;
    private final List<String> errors = new ArrayList<>();
    private URI address;
    private @Nullable Pattern expected;

    ChatPage(BrowserContext context, URI address) {
        this.context = context;
        this.address = address;
        this.page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                addUnlessExpected(message.text() + " at " + message.location());
            }
        });
        page.onPageError(error -> errors.add("uncaught: " + error));
        context.onRequest(request -> checkHost(request.url()));
        page.onWebSocket(socket -> checkHost(socket.url().replaceFirst("^ws", "http")));
    }

    URI address() {
        return address;
    }

    private void addUnlessExpected(String text) {
        if (expected == null || !expected.matcher(text).find()) {
            errors.add(text);
        }
    }

    private void checkHost(String url) {
        if (!url.startsWith(address + "/")) {
            errors.add("request to another host: " + url);
        }
    }

    /** Lets every socket of this tab fail, as behind a proxy that supports none. */
    ChatPage withoutSockets() {
        page.addInitScript(
                "window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(), 10); } close() {} };");
        return this;
    }

    /** Returns another tab of the same browser. */
    ChatPage anotherTab() {
        return new ChatPage(context, address);
    }

    /** Connects the page through this proxy. */
    ChatPage through(TcpProxy proxy) {
        return through(proxy.address());
    }

    /** Connects the page through a proxy at this address. Accepts console errors about lost connections. */
    ChatPage through(URI proxy) {
        address = proxy;
        expected = LOST_CONNECTION;
        return this;
    }

    /** Accepts console errors about 404 responses for paths that contain this one. */
    ChatPage expectNotFound(String path) {
        expected = Pattern.compile("404 .* at .*" + Pattern.quote(path));
        return this;
    }

    /** Accepts console errors about 503 responses. */
    ChatPage expectUnavailable() {
        expected = Pattern.compile("status of 503|404 .*/favicon\\.ico");
        return this;
    }

    /** Accepts console errors about responses with these statuses. */
    ChatPage expectStatus(int... statuses) {
        expected = Pattern.compile(
                IntStream.of(statuses).mapToObj(status -> "status of " + status).collect(Collectors.joining("|")));
        return this;
    }

    /** Accepts console errors about 401 responses and rejected sockets. */
    ChatPage expectUnauthorized() {
        expected = Pattern.compile("401|WebSocket connection to .* failed");
        return this;
    }

    ChatPage open() {
        return open("/");
    }

    /** Opens another page of the gateway, such as {@code /console}. */
    ChatPage open(String path) {
        page.navigate(address + path);
        return this;
    }

    /** Returns unexpected errors and warnings in the console, uncaught exceptions, and requests to other hosts. */
    List<String> errors() {
        return errors;
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

    /** Types the question and sends it. */
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

    /** Returns the lane with this title, which is its first question. */
    LaneItem lane(String title) {
        return new LaneItem(at("lane").filter(new Locator.FilterOptions().setHasText(title)));
    }

    /** A turn in the conversation. */
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

        void hasState(String state) {
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

        void hasState(String text) {
            assertThat(root.getByTestId("lane-state")).hasText(text);
        }

        void isShown() {
            assertThat(root.locator("a")).hasAttribute("aria-current", "page");
        }
    }

    /** Checks in both sizes that nothing overflows sideways, and takes screenshots in both themes if requested. */
    void takeScreenshots(String state) {
        ViewportSize before = page.viewportSize();
        page.emulateMedia(new EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        for (Size size : Size.values()) {
            page.setViewportSize(size.width, size.height);
            assertNothingOverflows();
            if (TAKES_SCREENSHOTS) {
                takeInBothThemes("%s-%s".formatted(state, size));
            }
        }
        page.emulateMedia(new EmulateMediaOptions()
                .setColorScheme(ColorScheme.LIGHT)
                .setReducedMotion(ReducedMotion.NO_PREFERENCE));
        page.setViewportSize(before.width, before.height);
    }

    private void takeInBothThemes(String name) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new EmulateMediaOptions().setColorScheme(theme));
            awaitAnimations();
            saveScreenshot("%s-%s".formatted(name, theme).toLowerCase());
        }
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

    void assertNothingOverflows() {
        org.assertj.core.api.Assertions.assertThat((List<?>) page.evaluate("""
                        () => [document.documentElement, document.body, document.getElementById('scroll')]
                            .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.id || e.tagName)"""))
                .as("elements that scroll sideways")
                .isEmpty();
    }

    /** Returns the violations that axe finds on the page as it is: its rules, with the elements that violate them. */
    List<?> accessibilityViolations() {
        awaitAnimations();
        return accessibilityViolations(page);
    }

    /** Does the same for any page. */
    static List<?> accessibilityViolations(Page page) {
        page.evaluate(AXE);
        return (List<?>) page.evaluate("""
                async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                    .map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.target).join(', '))""");
    }

    private static String readAxe() {
        try (InputStream script = ChatPage.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all animations have ended. */
    void awaitAnimations() {
        page.evaluate("() => Promise.allSettled(document.getAnimations().map((each) => each.finished))");
    }

    void saveScreenshot(String name) {
        page.screenshot(new ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    void saveScreenshotTo(Path file) {
        page.screenshot(new ScreenshotOptions().setPath(file));
    }

    void close() {
        context.close();
    }
}
