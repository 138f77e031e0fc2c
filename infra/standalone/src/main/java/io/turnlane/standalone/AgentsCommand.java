package io.turnlane.standalone;

import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.OneLine;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Command that lists agents, and configures them without a restart. Without a subcommand, it lists them. */
@Command(
        name = "agents",
        description = {
            "List the agents that running processors offer, or configure agents.",
            "Configured agents are known to all processors within a second."
        },
        synopsisSubcommandLabel = "[list|add|show|remove|test]",
        subcommands = {
            AgentsCommand.AgentsListCommand.class,
            AgentsAddCommand.class,
            AgentsCommand.AgentsShowCommand.class,
            AgentsCommand.AgentsRemoveCommand.class,
            AgentsTestCommand.class
        })
final class AgentsCommand implements Callable<Integer> {

    @Mixin
    private GatewayCallOptions options = new GatewayCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        return list(options);
    }

    private static int list(GatewayCallOptions options) throws InterruptedException {
        JsonNode known = options.call(gateway -> gateway.agents());
        JsonNode agents = known.path("agents");
        for (JsonNode agent : agents) {
            System.out.println(
                    options.json()
                            ? agent.toString()
                            : "%-16s %s%s%s"
                                    .formatted(
                                            agent.path("name").asString(""),
                                            OneLine.of(agent.path("description").asString(""), 200),
                                            agent.path("default").asBoolean(false) ? " (default)" : "",
                                            targets(agent.path("targets"))));
        }
        for (JsonNode removed : known.path("removed")) {
            System.out.println(options.json() ? removed.toString() : removed(removed));
        }
        if (agents.isEmpty() && !options.json()) {
            System.out.println("No processor is running, so there are no agents. Start one: ./turnlane processor");
        }
        return 0;
    }

    private static String removed(JsonNode agent) {
        String successor = agent.path("successor").asString("");
        return "%-16s %s"
                .formatted(
                        agent.path("name").asString(""),
                        successor.isEmpty() ? "removed" : "removed, " + successor + " takes over");
    }

    /** Returns a line for each target of a route. */
    private static String targets(JsonNode targets) {
        StringBuilder lines = new StringBuilder();
        for (JsonNode target : targets) {
            JsonNode takenOut = target.path("taken_out");
            lines.append("%n  %6d -> %s%s"
                    .formatted(
                            target.path("weight").asInt(0),
                            target.path("agent").asString(""),
                            takenOut.isObject()
                                    ? ", taken out at " + takenOut.path("at").asString("") + ": "
                                            + OneLine.of(takenOut.path("reason").asString(""), 200)
                                    : ""));
        }
        return lines.toString();
    }

    /** Command that lists the agents. */
    @Command(name = "list", description = "List the agents that running processors offer.")
    static final class AgentsListCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Override
        public Integer call() throws InterruptedException {
            return list(options);
        }
    }

    /** Command that shows the definition of a configured agent. */
    @Command(name = "show", description = "Show the definition of a configured agent, with all defaults.")
    static final class AgentsShowCommand implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "The name of the agent.")
        private String name = "";

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Override
        public Integer call() throws InterruptedException {
            JsonNode agent = options.call(gateway -> gateway.agent(name));
            System.out.println(options.json() ? agent.toString() : agent.toPrettyString());
            return 0;
        }
    }

    /** Command that removes a configured agent. */
    @Command(
            name = "remove",
            description = {
                "Remove a configured agent. It takes no new questions.",
                "Accepted questions are still answered, by the removed agent or by its successor."
            })
    static final class AgentsRemoveCommand implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "The name of the agent.")
        private String name = "";

        @Option(
                names = "--successor",
                paramLabel = "NAME",
                description = "The agent that answers further questions of sessions with the removed agent.")
        private @Nullable String successor;

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Override
        public Integer call() throws InterruptedException {
            if (name.equals(successor)) {
                throw new CommandFailedException("An agent cannot be its own successor.");
            }
            JsonNode removed = options.call(gateway -> gateway.removeAgent(name, Optional.ofNullable(successor)));
            System.out.println(
                    options.json()
                            ? removed.toString()
                            : "Removed " + name + (successor == null ? "." : "; " + successor + " takes over."));
            return 0;
        }
    }
}
