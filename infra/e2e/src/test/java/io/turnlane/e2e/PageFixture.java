package io.turnlane.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A complete Turnlane with a {@link PromptedAgent}, and a browser. All page tests of a run share it. */
final class PageFixture implements AutoCloseable {

    private static final double TIMEOUT_MS = 15_000;

    private final PromptedAgent agent = new PromptedAgent();
    private final RunningTurnlane turnlane =
            RunningTurnlane.start(4, List.of(agent), "--turnlane.agents.default=prompted");
    private final Playwright playwright = startPlaywright();
    private final Browser browser = startBrowser(playwright);
    private @Nullable URI guarded;
    private final List<ChatPage> pages = new ArrayList<>();

    static Playwright startPlaywright() {
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MS);
        return Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    static Browser startBrowser(Playwright playwright) {
        return playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(chromium().orElseThrow())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    /**
     * Returns the installed Chromium. Prefers its headless shell, which has no windows and thus needs less than half of
     * the CPU time to start and to open a page. Browsers are never downloaded.
     */
    static Optional<Path> chromium() {
        List<String> folders = List.of(System.getenv("PATH").split(File.pathSeparator));
        return Stream.of("chromium-headless-shell", "chromium", "chromium-browser")
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    PromptedAgent agent() {
        return agent;
    }

    URI address() {
        return turnlane.address();
    }

    /** Returns the browser, for pages other than Turnlane's. */
    Browser browser() {
        return browser;
    }

    /**
     * Starts one more gateway of the same Turnlane, which runs until the fixture is closed, and returns its address.
     */
    URI anotherGateway() {
        return turnlane.addGateway("--turnlane.agents.default=prompted");
    }

    /** Returns a page in a browser context of its own, with lanes and a theme of its own. Opens nothing yet. */
    ChatPage visitor() {
        return visitor(new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    /** Does the same as {@link #visitor()}, on a phone. */
    ChatPage visitorWithPhone() {
        return visitor(new Browser.NewContextOptions()
                .setViewportSize(390, 844)
                .setDeviceScaleFactor(2)
                .setHasTouch(true)
                .setIsMobile(true));
    }

    ChatPage visitor(Browser.NewContextOptions options) {
        return visitor(options, address());
    }

    /** Returns a page at a gateway that requires an API key. */
    ChatPage visitorWithoutKey() {
        if (guarded == null) {
            guarded = turnlane.addGateway("--turnlane.security.mode=api-key", "--turnlane.agents.default=prompted");
        }
        return visitor(new Browser.NewContextOptions().setViewportSize(1280, 800), guarded);
    }

    RunningTurnlane turnlane() {
        return turnlane;
    }

    private ChatPage visitor(Browser.NewContextOptions options, URI address) {
        ChatPage page = new ChatPage(browser.newContext(options.setLocale("en-GB")), address);
        pages.add(page);
        return page;
    }

    /** Ends all running scripts and returns the pages of the test. */
    List<ChatPage> endTest() {
        List<ChatPage> opened = List.copyOf(pages);
        pages.clear();
        agent.completeAll();
        return opened;
    }

    @Override
    public void close() {
        playwright.close();
        turnlane.close();
    }
}
