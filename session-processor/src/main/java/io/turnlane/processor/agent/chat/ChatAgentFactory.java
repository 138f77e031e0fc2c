package io.turnlane.processor.agent.chat;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.tool.AllowedTools;
import io.turnlane.processor.agent.tool.Toolbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Creates the agents of a definition of type {@code chat}. */
public final class ChatAgentFactory implements AgentFactory {

    /** Time that an agent has to end by itself. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final AgentDescription description;
    private final AgentSettings.Chat settings;
    private final List<ModelEndpoint> endpoints;
    private final AllowedTools tools;
    private final TurnLimits limits;
    private final String currency;

    /**
     * @param currency currency of the prices in definitions
     * @throws IllegalArgumentException if the definition has another type, or a tool that is not in the toolbox; the
     *     message names the field
     */
    public ChatAgentFactory(
            AgentDefinition definition, ModelServices services, Toolbox toolbox, TurnLimits limits, String currency) {
        if (!(definition.settings() instanceof AgentSettings.Chat chat)) {
            throw new IllegalArgumentException("the type of the agent must be chat, but is "
                    + definition.type().wire());
        }
        this.description = definition.description();
        this.settings = chat;
        this.endpoints = Stream.concat(Stream.of(chat.service()), chat.fallbacks().stream())
                .map(services::endpoint)
                .toList();
        this.tools = toolbox.allow(chat.tools());
        this.limits = limits;
        this.currency = currency;
    }

    @Override
    public AgentDescription description() {
        return description;
    }

    /** Returns a limit that leaves each service its own time to answer. */
    @Override
    public Optional<Duration> timeout() {
        return Optional.of(endpoints.stream()
                .map(endpoint -> endpoint.service().timeouts().total())
                .reduce(MARGIN, Duration::plus));
    }

    @Override
    public Agent create() {
        return new ChatAgent(settings, endpoints, tools, limits, currency);
    }
}
