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

/** A whole Turnlane whose agent is prompted, and a browser; all page tests of a run share it. */
final class PageStage implements AutoCloseable {

    private static final double PATIENCE_MS = 15_000;

    private final PromptedAgent agent = new PromptedAgent();
    private final RunningTurnlane turnlane =
            RunningTurnlane.start(4, List.of(agent), "--turnlane.agents.default=prompted");
    private final Playwright playwright =
            Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    private final Browser browser;
    private @Nullable URI guarded;
    private final List<ChatPage> pages = new ArrayList<>();

    PageStage() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        browser = playwright
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

    /** The system's Chromium; browsers are never downloaded. */
    static Optional<Path> chromium() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "chromium-browser")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    PromptedAgent agent() {
        return agent;
    }

    URI address() {
        return turnlane.address();
    }

    /** For pages that aren't ours. */
    Browser browser() {
        return browser;
    }

    /** One more gateway of the same Turnlane, until the stage is taken down. */
    URI anotherGateway() {
        return turnlane.addGateway("--turnlane.agents.default=prompted");
    }

    /** Somebody with a browser of their own: their own lanes, their own colours. Opens nothing yet. */
    ChatPage visitor() {
        return visitor(new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    /** As {@link #visitor()}, with a phone in hand. */
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

    /** Somebody at a gateway that wants to know who asks. */
    ChatPage stranger() {
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

    /** After a test: those who were there, with what they complain about. */
    List<ChatPage> leave() {
        List<ChatPage> left = List.copyOf(pages);
        pages.clear();
        agent.letGo();
        return left;
    }

    @Override
    public void close() {
        playwright.close();
        turnlane.close();
    }
}
