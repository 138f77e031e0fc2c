package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.ExampleAgent;
import io.turnlane.backends.FreePort;
import io.turnlane.backends.PackedProgram;
import io.turnlane.backends.RunState;
import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the packed program in processes of their own, as the launcher script runs them. */
class UpTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path temp;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endRemainingProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        DataFolder.read(temp).ifPresent(UpTest::awaitEndOfBackends);
    }

    private Process turnlane(String... arguments) throws Exception {
        return turnlaneWith("", arguments);
    }

    private Process turnlaneWith(String apiKey, String... arguments) throws Exception {
        return turnlaneWith(Map.of("TURNLANE_API_KEY", apiKey), arguments);
    }

    private Process turnlaneWith(Map<String, String> variables, String... arguments) throws Exception {
        List<String> command = PackedProgram.command();
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", temp.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Stream.of("KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL", "TURNLANE_URL").forEach(builder.environment()::remove);
        builder.environment().put("TURNLANE_API_KEY", "");
        builder.environment().putAll(variables);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private RunState up(String... more) throws Exception {
        return upWith(Map.of(), more);
    }

    private RunState upWith(Map<String, String> variables, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("up", "--port", Integer.toString(FreePort.any())));
        arguments.addAll(List.of(more));
        Process up = turnlaneWith(variables, arguments.toArray(String[]::new));
        Thread.ofVirtual().start(() -> up.inputReader().lines().forEach(System.out::println));
        return await().atMost(LIMIT)
                .failFast(() -> !up.isAlive())
                .until(
                        () -> DataFolder.read(temp),
                        state -> state.filter(s -> s.alive() && s.address() != null)
                                .isPresent())
                .orElseThrow();
    }

    private static String outputOf(Process process) throws Exception {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    private static int get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void awaitEndOfBackends(RunState state) {
        await().atMost(LIMIT)
                .until(() -> state.broker().process().find().isEmpty()
                        && state.redis().process().find().isEmpty());
    }

    @Test
    void acceptsAKeyUntilItIsRevoked() throws Exception {
        up("--set", "turnlane.security.mode=api-key", "--set", "turnlane.agents.default=echo");
        assertThat(outputOf(turnlane("ask", "Is anybody there?"))).contains("401 unauthorized");
        String made = outputOf(turnlane("keys", "create", "--user", "alice", "--expires", "1d", "--name", "laptop"));
        Matcher key = Pattern.compile("tl_([0-9a-f]{12})_[0-9a-f]{40}").matcher(made);
        assertThat(key.find()).as(made).isTrue();
        await().atMost(LIMIT)
                .until(() -> outputOf(turnlaneWith(key.group(), "ask", "Is anybody there?"))
                        .contains("anybody"));
        assertThat(outputOf(turnlane("keys", "list")))
                .contains(key.group(1), "alice", "ask,read", "valid", "laptop")
                .doesNotContain(key.group());
        Process wrong = turnlane("keys", "create", "--user", "alice", "--scopes", "everything");
        assertThat(outputOf(wrong)).contains("scope must be one of ask, read, ops");
        assertThat(wrong.exitValue()).isEqualTo(2);
        Process unknown = turnlane("keys", "revoke", "000000000000");
        assertThat(outputOf(unknown)).contains("no such key");
        assertThat(unknown.exitValue()).isEqualTo(1);
        assertThat(outputOf(turnlane("keys", "revoke", key.group())))
                .contains("revoked")
                .doesNotContain(key.group());
        assertThat(outputOf(turnlaneWith(key.group(), "ask", "And now?"))).contains("401 unauthorized");
    }

    @Test
    void isFoundByOtherCommandsAndStopsCleanly() throws Exception {
        RunState running = up();
        assertThat(get(running.address() + "/livez")).isEqualTo(200);
        assertThat(get(running.address() + "/readyz")).isEqualTo(200);

        Process second = turnlane("up");
        assertThat(outputOf(second)).contains("is already running on").contains(running.address());
        assertThat(second.exitValue()).isEqualTo(1);

        await().atMost(LIMIT).untilAsserted(() -> {
            Process status = turnlane("status");
            assertThat(outputOf(status))
                    .containsPattern("redis .* running .* memory \\d+ of \\d+ MB")
                    .contains(running.address())
                    .contains(running.kafkaBootstrapServers())
                    .containsPattern("turns +\\d+ completed in the last minute")
                    .containsPattern("processor +p-\\w+ +turns 0 ");
            assertThat(status.exitValue()).isZero();
        });

        Process rebuild = turnlane("memory", "rebuild");
        assertThat(outputOf(rebuild))
                .containsPattern("partition 31 +\\d+ sessions checked, +\\d+ turns restored ")
                .contains("rebuilt 32 partitions: ");
        assertThat(rebuild.exitValue()).isZero();
        Process ofOne = turnlane("memory", "rebuild", "--session", "nobody-knows-me", "--json");
        assertThat(outputOf(ofOne)).contains("\"done\":true").contains("\"known\":false");
        assertThat(ofOne.exitValue()).isEqualTo(1);

        Process down = turnlane("down");
        assertThat(outputOf(down)).contains("Stopped.");
        assertThat(started.getFirst().waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(started.getFirst().exitValue())
                .as("exit code of a requested stop")
                .isZero();
        awaitEndOfBackends(running);
        assertThat(temp.resolve("run.json")).doesNotExist();
        Process downAgain = turnlane("down");
        assertThat(outputOf(downAgain)).contains("is not running");
        assertThat(downAgain.exitValue()).isZero();

        Process ask = turnlane("ask", "anybody there?");
        assertThat(outputOf(ask))
                .contains("Turnlane is not running on the data folder " + temp + ". Start it with ./turnlane up");
        assertThat(ask.exitValue()).isEqualTo(1);
    }

    @Test
    void endsWithOneSentenceThatNamesAMissingSetting() throws Exception {
        Process up =
                turnlane("up", "--port", Integer.toString(FreePort.any()), "--set", "turnlane.webhooks.enabled=true");
        String output = outputOf(up);
        assertThat(output.lines().filter(line -> line.contains("turnlane.webhooks.secrets")))
                .singleElement()
                .asString()
                .startsWith("The command failed: ")
                .contains("turnlane.webhooks.secrets is missing or invalid");
        assertThat(output).doesNotContain("Exception");
        assertThat(up.exitValue()).isEqualTo(1);
    }

    @Test
    void startsAgainAfterAKill() throws Exception {
        RunState killed = up();
        started.getFirst().destroyForcibly().waitFor();

        RunState again = up();

        assertThat(again.owner()).isNotEqualTo(killed.owner());
        assertThat(killed.broker().process().find()).isEmpty();
        assertThat(killed.redis().process().find()).isEmpty();
        assertThat(again.kafkaBootstrapServers()).isEqualTo(killed.kafkaBootstrapServers());
        assertThat(get(again.address() + "/readyz")).isEqualTo(200);
    }

    @Test
    void aModelOfAProviderAnswersByDefault() throws Exception {
        try (HttpDouble model = new HttpDouble(Behaviour.events(ModelStream.answer("From ", "the model.")))) {
            RunState running = upWith(
                    Map.of(
                            "TURNLANE_CHAT_PROVIDER", "kimi",
                            "TURNLANE_CHAT_URL", model.url("/v1").toString(),
                            "MOONSHOT_API_KEY", "k-7"),
                    "--set",
                    "turnlane.processor.retrieval.enabled=false");
            Process ask = turnlane("ask", "Is anybody there?");
            assertThat(outputOf(ask)).contains("From the model.");
            assertThat(ask.exitValue()).isZero();
            assertThat(model.requests().getLast().path()).isEqualTo("/v1/chat/completions");
            assertThat(model.requests().getLast().headers()).containsEntry("authorization", "Bearer k-7");
            assertThat(model.requests().getLast().body()).contains("kimi-k2.6");
            try (Client client = new Client(URI.create(running.address()))) {
                assertThat(client.get("/v1/agents").list("agents"))
                        .filteredOn(agent -> agent.get("default").equals(true))
                        .extracting(agent -> agent.get("name"))
                        .containsExactly("chat");
            }
        }
    }

    @Test
    void aModelWithoutKeyPreventsTheStart() throws Exception {
        Process up = turnlaneWith(
                Map.of("TURNLANE_CHAT_PROVIDER", "kimi", "MOONSHOT_API_KEY", ""),
                "up",
                "--port",
                Integer.toString(FreePort.any()));
        assertThat(outputOf(up)).contains("TURNLANE_CHAT_PROVIDER=kimi needs an API key. Set MOONSHOT_API_KEY.");
        assertThat(up.exitValue()).isEqualTo(2);
    }

    @Test
    void runsAnOwnAgent() throws Exception {
        Path agent = ExampleAgent.compileTo(Files.createDirectories(temp.resolve("agent")));
        up("--agents", agent.toString(), "--set", "turnlane.processor.retrieval.enabled=false");

        Process ask = turnlane("ask", "Rain on the harbour", "--agent", "haiku");
        assertThat(outputOf(ask)).contains("Rain on the harbour").contains("a frog jumps into the pond");
        assertThat(ask.exitValue()).isZero();
    }
}
