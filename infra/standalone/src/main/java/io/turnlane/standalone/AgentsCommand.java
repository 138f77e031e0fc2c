package io.turnlane.standalone;

import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.terminal.OneLine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Command that lists the agents. */
@Command(name = "agents", description = "List the agents that running processors offer.")
final class AgentsCommand implements Callable<Integer> {

    @Mixin
    private GatewayCallOptions options = new GatewayCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        JsonNode agents = options.call(gateway -> gateway.agents()).path("agents");
        for (JsonNode agent : agents) {
            System.out.println(
                    options.json()
                            ? agent.toString()
                            : "%-16s %s%s"
                                    .formatted(
                                            agent.path("name").asString(""),
                                            OneLine.of(agent.path("description").asString(""), 200),
                                            agent.path("default").asBoolean(false) ? " (default)" : ""));
        }
        if (agents.isEmpty() && !options.json()) {
            System.out.println("No processor is running, so there are no agents. Start one: ./turnlane processor");
        }
        return 0;
    }
}
