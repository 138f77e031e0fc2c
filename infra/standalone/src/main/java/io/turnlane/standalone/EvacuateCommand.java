package io.turnlane.standalone;

import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.client.ProcessorEndpoint;
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
            "Let a processor finish its running turns and leave the group. Others take over its waiting turns.",
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
        } catch (IOException failed) {
            throw new CommandFailedException(
                    "The call to processor %s at %s failed: %s. Run this command where that address can be reached."
                            .formatted(
                                    chosen.id(),
                                    chosen.management(),
                                    Objects.requireNonNullElse(failed.getMessage(), "no connection")));
        }
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
        System.out.printf(
                "Processor %s is %s: of %d running turns, %d ended and %d were interrupted;"
                        + " %d waiting turns were released to other processors.%s%n",
                evacuation.path("processor").asString(""),
                evacuation.path("state").asString(""),
                report.path("running").asInt(0),
                report.path("running").asInt(0) - report.path("interrupted").asInt(0),
                report.path("interrupted").asInt(0),
                report.path("moved").asInt(0),
                report.path("left").asBoolean(false)
                        ? ""
                        : " Kafka has not confirmed that it left the group. Its partitions move at "
                                + "the session timeout at the latest.");
    }
}
