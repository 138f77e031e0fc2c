package io.turnlane.processor.agent.remote;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentSettings.Remote;
import io.turnlane.model.agent.SecretText;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Creates agents that answer over HTTP. All agents of a factory share its connections. The connections use HTTP/1.1,
 * because only the end of its connection cancels a run of every agent.
 */
public final class RemoteAgentFactory implements AgentFactory, AutoCloseable {

    private final AgentDefinition definition;
    private final Remote settings;
    private final RemoteProtocol protocol;
    private final RemoteHeaders headers;
    private final HttpClient http;
    private final String currency;

    /**
     * Creates a factory. Opens no connection.
     *
     * @param secrets returns the secret for a reference, or empty
     * @param currency currency of the prices in definitions
     * @throws IllegalArgumentException if the definition's type is not one of an agent behind HTTP
     */
    public RemoteAgentFactory(
            AgentDefinition definition, Function<SecretText.Reference, Optional<String>> secrets, String currency) {
        if (!(definition.settings() instanceof Remote remote)) {
            throw new IllegalArgumentException("the agent " + definition.name() + " is not behind HTTP");
        }
        this.definition = definition;
        this.currency = currency;
        this.settings = remote;
        this.protocol = switch (definition.type()) {
            case AG_UI -> new AgUi();
            case RESPONSES -> new Responses();
            case CHAT_COMPLETIONS -> new ChatCompletions();
            case CHAT, RETRIEVAL, ECHO, ROUTE ->
                throw new IllegalArgumentException("the agent " + definition.name() + " is not behind HTTP");
        };
        this.headers = new RemoteHeaders(definition.name(), remote.headers(), secrets);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(remote.timeouts().connect())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    @Override
    public AgentDescription description() {
        return definition.description();
    }

    /** Returns the definition's total time limit. */
    @Override
    public Optional<Duration> timeout() {
        return Optional.of(settings.timeouts().total());
    }

    @Override
    public Agent create() {
        return new RemoteAgent(definition, settings, protocol, headers, http, currency);
    }

    /** Closes the connections when the last running call has ended. Does not wait. Later calls fail. */
    @Override
    public void close() {
        http.shutdown();
    }
}
