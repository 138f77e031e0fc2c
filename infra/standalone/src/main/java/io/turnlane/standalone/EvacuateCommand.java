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

/** Has a processor finish what runs and leave, for maintenance or to have one less. */
@Command(
        name = "evacuate",
        description = {
            "Have a processor finish what runs, hand the rest to the others and leave the group.",
            "Its process lives on and takes nothing more, until it is stopped. Exit code 1 where it can't be reached."
        })
final class EvacuateCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "PROCESSOR",
            arity = "0..1",
            description = "As ./turnlane status prints it. May be left out where there is only one.")
    private @Nullable String processor;

    @Mixin
    private GatewayCallOptions asking = new GatewayCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        ProcessorEndpoint chosen = choose(ProcessorEndpoint.of(asking.call(OperatorClient::stats)));
        try {
            print(chosen.evacuate());
            return 0;
        } catch (IOException away) {
            throw new CommandFailedException("%s can't be reached at %s from here: %s"
                    .formatted(
                            chosen.id(),
                            chosen.management(),
                            Objects.requireNonNullElse(away.getMessage(), "no connection")));
        }
    }

    private ProcessorEndpoint choose(List<ProcessorEndpoint> alive) {
        String ids = alive.stream().map(ProcessorEndpoint::id).collect(Collectors.joining(", "));
        if (processor == null) {
            if (alive.size() == 1) {
                return alive.getFirst();
            }
            throw alive.isEmpty()
                    ? new CommandFailedException("No processor answers.")
                    : new UsageException("Say which processor: " + ids);
        }
        return alive.stream()
                .filter(one -> one.id().equals(processor))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        "No processor of that name answers; there " + (ids.isEmpty() ? "is none" : "are: " + ids)));
    }

    private void print(JsonNode evacuation) {
        if (asking.json()) {
            System.out.println(evacuation);
            return;
        }
        JsonNode report = evacuation.path("report");
        System.out.printf(
                "%s is %s: of %d running turns %d ended, %d were interrupted; %d waiting moved%s%n",
                evacuation.path("processor").asString(""),
                evacuation.path("state").asString(""),
                report.path("running").asInt(0),
                report.path("running").asInt(0) - report.path("interrupted").asInt(0),
                report.path("interrupted").asInt(0),
                report.path("moved").asInt(0),
                report.path("left").asBoolean(false) ? "" : "; the group will notice by itself");
    }
}
