package io.turnlane.processor.agent.configured;

import io.turnlane.model.ProcessorDetail.ServiceDetail;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.SecretText;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.chat.ChatAgentFactory;
import io.turnlane.processor.agent.chat.ModelServices;
import io.turnlane.processor.agent.chat.TurnLimits;
import io.turnlane.processor.agent.remote.RemoteAgentFactory;
import io.turnlane.processor.agent.tool.Toolbox;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Creates factories of agents from their definitions. Thread-safe. */
public final class AgentBuilder implements AutoCloseable {

    private final Function<SecretText.Reference, Optional<String>> secrets;
    private final Collection<AgentFactory> builtIn;
    private final Toolbox toolbox;
    private final TurnLimits limits;
    private final String currency;
    private final ModelServices services;

    /**
     * @param builtIn factories of the built-in agents, which definitions can offer under other names
     * @param limits limits of each turn that calls models
     * @param currency currency of the prices in definitions
     */
    public AgentBuilder(
            Function<SecretText.Reference, Optional<String>> secrets,
            Collection<AgentFactory> builtIn,
            Toolbox toolbox,
            TurnLimits limits,
            String currency) {
        this.secrets = secrets;
        this.builtIn = builtIn;
        this.toolbox = toolbox;
        this.limits = limits;
        this.currency = currency;
        this.services = new ModelServices(secrets);
    }

    /**
     * Creates the factory. It opens no connection yet.
     *
     * @throws IllegalStateException if this processor lacks the built-in agent, or if the definition is a route
     * @throws IllegalArgumentException if this processor lacks a tool; the message names the field
     */
    public AgentFactory build(AgentDefinition definition) {
        return switch (definition.type()) {
            case CHAT -> new ChatAgentFactory(definition, services, toolbox, limits, currency);
            case RESPONSES, CHAT_COMPLETIONS, AG_UI -> new RemoteAgentFactory(definition, secrets, currency);
            case RETRIEVAL, ECHO ->
                new RenamedAgentFactory(
                        definition.description(), builtIn(definition.type().wire()));
            case ROUTE ->
                throw new IllegalStateException(definition.name()
                        + " is a route, which only gateways know. Add it with agents add or PUT /v1/agents.");
        };
    }

    private AgentFactory builtIn(String name) {
        return builtIn.stream()
                .filter(factory -> factory.description().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("This processor has no built-in agent " + name + "."));
    }

    /** Returns the load of each model that agents have used. */
    public List<ServiceDetail> serviceLoads() {
        return services.loads();
    }

    /** Closes the connections to models. Called after the last turn has ended. */
    @Override
    public void close() {
        services.close();
    }
}
