package io.turnlane.processor.agent.chat;

import io.turnlane.model.ProcessorDetail.ServiceDetail;
import io.turnlane.model.agent.ModelProvider;
import io.turnlane.model.agent.ModelService;
import io.turnlane.model.agent.SecretText;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Model services of a processor: their connections, limits and circuit breakers. The limits of a model apply to the
 * calls of all agents that use it. If the definitions of these agents differ, the limits of the newest one apply.
 * Thread-safe.
 */
public final class ModelServices implements AutoCloseable {

    private final ApiKeys keys;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /** Clients by their time limit for connecting. Each has one thread, and pools its connections to all services. */
    private final Map<Duration, HttpClient> clients = new ConcurrentHashMap<>();

    private final Map<ServiceName, ServiceState> states = new ConcurrentHashMap<>();

    private record ServiceName(ModelProvider provider, URI url, String model) {}

    /** @param secrets returns the secret for a reference, or empty; called for each call of a model */
    public ModelServices(Function<SecretText.Reference, Optional<String>> secrets) {
        this.keys = new ApiKeys(secrets);
    }

    /** Returns an endpoint for an agent, and applies the limits of the agent's definition. */
    ModelEndpoint endpoint(ModelService service) {
        ServiceState state = states.computeIfAbsent(
                new ServiceName(service.provider(), service.url(), service.model()),
                _ -> new ServiceState(service.limits()));
        state.limiter().configure(service.limits());
        return new ModelEndpoint(service, state, client(service.timeouts().connect()), keys);
    }

    /** Returns the load of each model that agents have used, by provider and model. */
    public List<ServiceDetail> loads() {
        return states.entrySet().stream()
                .map(state -> load(state.getKey(), state.getValue()))
                .sorted(Comparator.comparing(ServiceDetail::provider).thenComparing(ServiceDetail::model))
                .toList();
    }

    private static ServiceDetail load(ServiceName name, ServiceState state) {
        ServiceLimiter limiter = state.limiter();
        return new ServiceDetail(
                name.provider().wire(),
                name.model(),
                String.valueOf(name.url().getHost()),
                limiter.permits(),
                limiter.free(),
                limiter.waiting(),
                state.breaker().isOpen(),
                limiter.pausedFor());
    }

    private HttpClient client(Duration connect) {
        return clients.computeIfAbsent(
                connect,
                _ -> HttpClient.newBuilder()
                        .connectTimeout(connect)
                        .executor(executor)
                        .build());
    }

    /** Closes all connections. */
    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        executor.shutdownNow();
    }
}
