package io.turnlane.standalone;

import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.client.ProcessorEndpoint;
import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.Counted;
import io.turnlane.standalone.terminal.UsageException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Command that drains a processor, for maintenance or scale-in. */
@Command(
        name = "evacuate",
        description = {
            "Let a processor finish its running turns (at most 20 s by default) and leave its consumer group.",
            "Other processors take over the rest.",
            "Its process keeps running idle until you stop it. Exit code 1 if the processor cannot be reached."
        })
final class EvacuateCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "PROCESSOR",
            arity = "0..1",
            description = "Id as printed by ./turnlane status. Optional if only one processor is running.")
    private @Nullable String processor;

    @Mixin
    private GatewayCallOptions options = new GatewayCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        ProcessorEndpoint chosen = choose(ProcessorEndpoint.of(options.call(OperatorClient::stats)));
        try {
            print(chosen.evacuate());
            return 0;
        } catch (ProcessorEndpoint.RejectedException rejected) {
            throw failure(chosen, rejected, "");
        } catch (IOException unreachable) {
            throw failure(chosen, unreachable, " Run this command where that address can be reached.");
        }
    }

    private static CommandFailedException failure(ProcessorEndpoint called, IOException failed, String advice) {
        return new CommandFailedException("The call to processor %s at %s failed: %s.%s"
                .formatted(
                        called.id(),
                        called.management(),
                        Objects.requireNonNullElse(failed.getMessage(), "no connection"),
                        advice));
    }

    private ProcessorEndpoint choose(List<ProcessorEndpoint> running) {
        String ids = running.stream().map(ProcessorEndpoint::id).collect(Collectors.joining(", "));
        if (processor == null) {
            if (running.size() == 1) {
                return running.getFirst();
            }
            throw running.isEmpty()
                    ? new CommandFailedException("No processor is running. Start one: ./turnlane processor")
                    : new UsageException("Several processors are running. Name one of them: " + ids);
        }
        return running.stream()
                .filter(one -> one.id().equals(processor))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        "No running processor has this id. Running: " + (ids.isEmpty() ? "none" : ids)));
    }

    private void print(JsonNode evacuation) {
        if (options.json()) {
            System.out.println(evacuation);
            return;
        }
        JsonNode report = evacuation.path("report");
        int running = report.path("running").asInt(0);
        int interrupted = report.path("interrupted").asInt(0);
        int moved = report.path("moved").asInt(0);
        System.out.printf(
                "Processor %s is %s: of %s, %d ended, %d %s interrupted and run again on other processors;"
                        + " %s %s released to other processors.%s%n",
                evacuation.path("processor").asString(""),
                evacuation.path("state").asString(""),
                Counted.of(running, "running turn"),
                running - interrupted,
                interrupted,
                interrupted == 1 ? "was" : "were",
                Counted.of(moved, "waiting turn"),
                moved == 1 ? "was" : "were",
                report.path("left").asBoolean(false)
                        ? ""
                        : " Kafka has not confirmed that the processor left its consumer group. If it did not, other"
                                + " processors get its partitions when Kafka's session timeout ends.");
    }
}
