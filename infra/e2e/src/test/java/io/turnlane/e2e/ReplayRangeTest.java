package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.turnlane.backends.TestBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./turnlane replay --from}, as an operator runs it, and its report in a browser. */
@Timeout(300)
class ReplayRangeTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SESSIONS = 20;
    private static final int TURNS = 6;

    @TempDir
    private static Path folder;

    private static RunningTurnlane turnlane;

    @BeforeAll
    static void askQuestions() throws IOException {
        turnlane = RunningTurnlane.start(3, "--turnlane.agents.default=echo");
        try (Client client = new Client(turnlane.address())) {
            for (int session = 0; session < SESSIONS; session++) {
                for (int turn = 0; turn < TURNS; turn++) {
                    String question = "question " + turn + " of session " + session;
                    assertThat(client.ask("replay-" + session, question, Map.of("delay_ms", 50))
                                    .status())
                            .isEqualTo(202);
                }
            }
            for (int session = 0; session < SESSIONS; session++) {
                String turns = "/v1/sessions/replay-" + session + "/turns";
                await().atMost(SOON).until(() -> client.get(turns).list("turns").size() == TURNS);
            }
        }
        Files.writeString(folder.resolve("candidate.yaml"), """
                agents:
                  absent:
                    type: ag-ui
                    url: http://127.0.0.1:9/
                """);
        Properties kafka = new Properties();
        TestBackends.shared().kafka().forEach((name, value) -> kafka.setProperty(name, value.toString()));
        try (var out = Files.newBufferedWriter(folder.resolve("kafka.properties"))) {
            kafka.store(out, null);
        }
    }

    @AfterAll
    static void close() {
        turnlane.close();
    }

    @Test
    void continuesAfterItsProcessWasKilled() throws Exception {
        Path out = folder.resolve("killed");
        Process killed = start("--from", "1h", "--out", out.toString(), "--rate", "20/s", "--fail-if", "different > 0");
        await().atMost(SOON).until(() -> lines(out) >= 20);
        killed.destroyForcibly().waitFor();
        int before = lines(out);
        assertThat(before).isLessThan(SESSIONS * TURNS);

        Result resumed = run("--resume", out.toString());
        assertThat(resumed.exitCode()).as(resumed.output()).isZero();
        assertThat(resumed.output())
                .contains("compared   120 turns of 20 sessions", "same       120 (100.00 %)", "passed");
        try (Stream<String> lines = Files.lines(out.resolve("turns.jsonl"))) {
            assertThat(lines.map(line -> line.substring(0, 52)).distinct()).hasSize(SESSIONS * TURNS);
        }
        assertThat(Files.readString(out.resolve("summary.json"))).contains("\"complete\":true", "\"compared\":120");
    }

    @Test
    void failsIfAGateFails() throws Exception {
        Result failed = run(
                "--from",
                "1h",
                "--session",
                "replay-3",
                "--as",
                "absent",
                "--fail-if",
                "error_new > 2%",
                "--definition",
                folder.resolve("candidate.yaml").toString(),
                "--out",
                folder.resolve("failed").toString());
        assertThat(failed.exitCode()).as(failed.output()).isEqualTo(4);
        assertThat(failed.output()).contains("error_new > 2%: 6 turns (100.00 %): FAILED");
    }

    @Test
    void reportsAMistakeInTheOptionsWithoutLeavingFiles() throws Exception {
        Path out = folder.resolve("mistaken");
        Result unknown = run("--from", "1h", "--as", "nobody", "--out", out.toString());
        assertThat(unknown.exitCode()).as(unknown.output()).isEqualTo(2);
        assertThat(unknown.output()).contains("nobody");
        assertThat(out).doesNotExist();
    }

    /** The file needs no server and no network. {@code -Dscreenshots=true} takes pictures for people. */
    @Test
    @EnabledIf("isChromiumInstalled")
    void showsTheWorstTurnsWithBothAnswersInOneFile() throws Exception {
        Path out = folder.resolve("page");
        Result result = run(
                "--from",
                "1h",
                "--as",
                "retrieval",
                "--baseline",
                "--fail-if",
                "similarity<0.9 > 2%",
                "--out",
                out.toString());
        assertThat(result.exitCode()).as(result.output()).isEqualTo(4);
        try (Playwright playwright = PageFixture.startPlaywright();
                Browser browser = PageFixture.startBrowser(playwright)) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (int width : List.of(1280, 390)) {
                    check(browser, out, scheme, width);
                }
            }
        }
    }

    static boolean isChromiumInstalled() {
        return PageFixture.chromium().isPresent();
    }

    private static void check(Browser browser, Path out, ColorScheme scheme, int width) {
        List<String> problems = new ArrayList<>();
        try (BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, 844)
                .setColorScheme(scheme)
                .setBypassCSP(false))) {
            context.onRequest(request -> {
                if (!request.url().startsWith("file:")) {
                    problems.add("request: " + request.url());
                }
            });
            Page page = context.newPage();
            page.onConsoleMessage(message -> problems.add(message.text()));
            page.onPageError(error -> problems.add("uncaught: " + error));
            page.navigate(out.resolve("report.html").toUri().toString());
            assertThat(page.locator(".turn").count()).isEqualTo(50);
            page.locator(".turn summary").first().click();
            page.locator(".turn").first().locator(".lane").nth(2).waitFor();
            assertThat(page.locator(".turn").first().locator(".lane").count()).isEqualTo(3);
            assertThat(page.locator(".turn").first().innerText()).contains("echo: question", "Candidate: retrieval");
            assertThat(page.locator(".gates").innerText()).contains("failed");
            assertThat(page.evaluate(
                            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                    .as("fits into %d pixels", width)
                    .isEqualTo(true);
            if (Boolean.getBoolean("screenshots")) {
                page.screenshot(new ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(Path.of("target", "screenshots", "replay-" + scheme + "-" + width + ".png")));
            }
            page.fill("#search", "of session 7");
            page.locator("#count:has-text('6 of 120 turns')").waitFor();
            assertThat(problems).isEmpty();
            assertThat(ChatPage.accessibilityViolations(page)).isEmpty();
        }
    }

    private record Result(int exitCode, String output) {}

    private static Result run(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output-", ".txt");
        Process process = builder(arguments).redirectOutput(output.toFile()).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output));
    }

    private static Process start(String... arguments) throws IOException {
        return builder(arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.turnlane.standalone.Turnlane",
                "replay"));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "--kafka-config",
                folder.resolve("kafka.properties").toString(),
                "--set",
                "turnlane.topics.prefix=" + turnlane.prefix()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .put(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        TestBackends.shared().kafka().get("bootstrap.servers").toString());
        return builder;
    }

    private static int lines(Path out) throws IOException {
        Path results = out.resolve("turns.jsonl");
        if (!Files.exists(results)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(results)) {
            return (int) lines.count();
        }
    }
}
