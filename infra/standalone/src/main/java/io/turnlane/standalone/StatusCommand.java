package io.turnlane.standalone;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.ProcessId;
import io.turnlane.backends.RunState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.GatewayOption;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.terminal.FailureMessages;
import io.turnlane.standalone.terminal.LogSetup;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Command that prints the running processes and their load as a table. */
@Command(name = "status", description = "Show the running processes and their load. Exit code 1 if no gateway answers.")
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Override
    public Integer call() throws InterruptedException {
        LogSetup.quiet();
        running().ifPresent(running -> printBackends(running, System.out));
        Optional<JsonNode> stats = Optional.empty();
        for (OperatorClient one : gateway.at(data.path()).each()) {
            Optional<JsonNode> answer = print(one, System.out);
            stats = stats.or(() -> answer);
        }
        stats.ifPresent(all -> {
            printTurns(all.path("performance"), System.out);
            printProcessors(all, System.out);
            all.path("warnings").forEach(warning -> System.out.printf("%-12s %s%n", "warning", warning.asString()));
        });
        return stats.isPresent() ? 0 : 1;
    }

    /** Returns the backends of the data folder; empty if none run, or if this account may not read the folder. */
    private Optional<RunState> running() {
        try {
            return DataFolder.read(data.path()).filter(RunState::alive);
        } catch (UncheckedIOException _) { // --url and TURNLANE_URL work without the folder
            return Optional.empty();
        }
    }

    /** Prints the line of a gateway and returns its statistics; empty if the gateway does not answer. */
    private static Optional<JsonNode> print(OperatorClient one, PrintStream out) throws InterruptedException {
        try {
            JsonNode stats = one.stats();
            out.printf("%-12s %-28s answers%n", "gateway", one.addresses().getFirst());
            return Optional.of(stats);
        } catch (IOException e) {
            out.printf(
                    "%-12s %-28s does not answer: %s%n",
                    "gateway", one.addresses().getFirst(), FailureMessages.message(e));
            return Optional.empty();
        }
    }

    private static void printBackends(RunState state, PrintStream out) {
        out.printf(
                "%-12s %-28s %s%n",
                "kafka",
                state.kafkaBootstrapServers(),
                process(state.broker() == null ? null : state.broker().process(), state.broker() != null));
        out.printf(
                "%-12s %-28s %s%s%n",
                "redis",
                BackendAddresses.withoutPassword(state.redisUrl()),
                process(state.redis() == null ? null : state.redis().process(), state.redis() != null),
                Optional.ofNullable(state.redis())
                        .flatMap(RunState.EmbeddedRedis::memory)
                        .map(StatusCommand::memory)
                        .orElse(""));
    }

    private static String memory(RunState.RedisMemory memory) {
        return "  memory %d of %d MB".formatted(memory.used() >> 20, memory.limit() >> 20);
    }

    private static String process(@Nullable ProcessId process, boolean embedded) {
        if (!embedded) {
            return "external";
        }
        return process != null && process.find().isPresent() ? "running (pid " + process.pid() + ")" : "not running";
    }

    /** Prints the number and duration of the turns that all processors completed in the last minute. */
    private static void printTurns(JsonNode performance, PrintStream out) {
        long turns = performance.path("total_requests").asLong(0);
        String durations = turns == 0
                ? ""
                : String.format(
                        ", 95%% of them within %.3f s",
                        performance.path("p95_response_time").asDouble(0));
        out.printf("%-12s %d completed in the last minute%s%n", "turns", turns, durations);
    }

    private static void printProcessors(JsonNode stats, PrintStream out) {
        JsonNode processors = stats.path("processors");
        if (processors.isEmpty()) {
            out.println("processor    none is running");
        }
        for (JsonNode one : processors) {
            out.printf(
                    "%-12s %-28s %sturns %d (%d running, %d waiting)  unread records %d  partitions %d%n",
                    "processor",
                    one.path("processor").asString(""),
                    stateOf(one),
                    one.path("open_turns").asLong(0),
                    one.path("running").asLong(0),
                    one.path("waiting").asLong(0),
                    one.path("lag").asLong(0),
                    one.path("partitions").asLong(0));
        }
    }

    /** Returns the state if it is not {@code running}, and the time for which the processor has been stalled. */
    private static String stateOf(JsonNode processor) {
        String state = processor.path("state").asString("running");
        double stalled = processor.path("stalled").asDouble(0);
        return (state.equals("running") ? "" : state + "  ")
                + (stalled < ProcessorStatistics.MAX_STALL.toSeconds()
                        ? ""
                        : String.format("stalled for %.0f s  ", stalled));
    }
}
