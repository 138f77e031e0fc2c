package io.turnlane.standalone;

import io.turnlane.backends.ClassCache;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.FreePort;
import io.turnlane.backends.RunState;
import io.turnlane.client.AskRequest;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.FailureMessages;
import io.turnlane.standalone.terminal.LogSetup;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Command that creates the class caches of a build: runs {@code up} on a temporary folder and asks questions. */
@Command(name = "train", description = "Create the class caches of a build.", hidden = true)
final class TrainCommand implements Callable<Integer> {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final int QUESTIONS = 20;

    @Parameters(paramLabel = "DIR", description = "The folder of jars, which receives the caches.")
    private Path jars = Path.of(".");

    @Override
    public Integer call() throws Exception {
        LogSetup.quiet();
        Path data = Files.createTempDirectory("turnlane-train");
        try {
            Process up = start(data);
            try {
                askQuestions(awaitAddress(data, up));
            } finally {
                up.destroy();
                if (!up.waitFor(ClassCache.RECORDING_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    up.destroyForcibly();
                }
            }
            return Files.exists(jars.resolve("turnlane.aot")) ? 0 : 1;
        } finally {
            deleteRecursively(data);
        }
    }

    private Process start(Path data) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-D" + ClassCache.RECORD_PROPERTY + "=" + jars);
        command.add("-XX:AOTCacheOutput=" + jars.resolve("turnlane.aot"));
        command.addAll(List.of("-jar", jars.resolve("turnlane.jar").toString()));
        command.addAll(List.of("up", "--data", data.toString(), "--port", Integer.toString(FreePort.any())));
        // The environment can require authentication, for gateways that are started later. This command asks its
        // questions without a key, so it turns authentication off.
        command.addAll(List.of("--set", "turnlane.security.mode=none", "--set", "server.address=127.0.0.1"));
        ProcessBuilder up = new ProcessBuilder(command).inheritIO();
        up.environment().keySet().removeIf(TrainCommand::changesTheRecording);
        return up.start();
    }

    /** Returns true for variables that could make the recorded run use the operator's own Kafka, Redis or settings. */
    static boolean changesTheRecording(String variable) {
        return variable.equals(BackendAddresses.KAFKA)
                || variable.equals(BackendAddresses.REDIS)
                || variable.startsWith("TURNLANE_")
                || variable.startsWith("SPRING_");
    }

    private static URI awaitAddress(Path data, Process up) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && !up.waitFor(100, TimeUnit.MILLISECONDS)) {
            Optional<String> address = DataFolder.read(data).map(RunState::address);
            if (address.isPresent()) {
                return URI.create(address.get());
            }
        }
        throw new CommandFailedException(
                "The class cache was not created, because Turnlane did not " + "start. Its output shows the reason.");
    }

    /** Asks questions, so that the cache also contains the classes that are used for asking and answering. */
    private static void askQuestions(URI address) throws InterruptedException {
        OperatorClient gateway = new OperatorClient(List.of(address), Optional.empty());
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        try {
            for (int question = 0; question < QUESTIONS; question++) {
                gateway.ask(AskRequest.of("What is this about, number " + question + "?"))
                        .follow(new AnswerPrinter(nowhere, nowhere, true));
            }
            gateway.stats();
        } catch (IOException e) {
            System.err.println("The class cache is incomplete, because not all questions could be asked. "
                    + FailureMessages.of(e));
        }
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
