package io.turnlane.standalone;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.ProcessId;
import io.turnlane.backends.RunState;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.run.BackendAddresses;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** What runs on a data folder, as a table. */
@Command(
        name = "status",
        description = "Show what runs and how busy it is. Exit code 1 where nothing runs or no gateway answers.")
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Override
    public Integer call() throws InterruptedException {
        LogSetup.quiet();
        Optional<RunState> state = DataFolder.read(data.path()).filter(RunState::alive);
        state.ifPresent(running -> printBackends(running, System.out));
        Optional<JsonNode> stats = Optional.empty();
        for (OperatorClient one : gateway.at(data.path()).each()) {
            Optional<JsonNode> told = print(one, System.out);
            stats = stats.or(() -> told);
        }
        stats.ifPresent(all -> printProcessors(all, System.out));
        return stats.isPresent() ? 0 : 1;
    }

    /** One line a gateway; what it says, where it answers. */
    private static Optional<JsonNode> print(OperatorClient one, PrintStream out) throws InterruptedException {
        try {
            JsonNode stats = one.stats();
            printGateway(one, stats, out);
            return Optional.of(stats);
        } catch (IOException e) {
            out.printf(
                    "%-12s %-28s doesn't answer: %s%n",
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
                "%-12s %-28s %s%n",
                "redis",
                BackendAddresses.withoutPassword(state.redisUrl()),
                process(state.redis() == null ? null : state.redis().process(), state.redis() != null));
    }

    private static String process(@Nullable ProcessId process, boolean embedded) {
        if (!embedded) {
            return "from outside";
        }
        return process != null && process.find().isPresent() ? "runs (pid " + process.pid() + ")" : "is down";
    }

    private static void printGateway(OperatorClient gateway, JsonNode stats, PrintStream out) {
        JsonNode performance = stats.path("performance");
        out.printf(
                "%-12s %-28s %s turns in the last minute, p95 %.3f s%n",
                "gateway",
                gateway.addresses().getFirst(),
                performance.path("total_requests").asLong(0),
                performance.path("p95_response_time").asDouble(0));
    }

    private static void printProcessors(JsonNode stats, PrintStream out) {
        JsonNode processors = stats.path("processors");
        if (processors.isEmpty()) {
            out.println("processor    none answers");
        }
        for (JsonNode one : processors) {
            out.printf(
                    "%-12s %-28s %sopen %d  running %d  waiting %d  lag %d  partitions %d%n",
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

    /** Nothing for one that takes turns, as they do mostly. */
    private static String stateOf(JsonNode processor) {
        String state = processor.path("state").asString("running");
        return state.equals("running") ? "" : state + "  ";
    }
}
