package io.turnlane.processor.system;

import io.turnlane.model.ProcessorStatistics.AgentUsage;
import io.turnlane.model.Usage;
import io.turnlane.model.WireEnum;
import io.turnlane.model.agent.AgentType;
import io.turnlane.model.agent.ModelProvider;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Usage of models since the processor started, by agent and provider. The number of entries is bounded: agents that
 * this processor does not know, and providers that Turnlane does not know, count as {@value #OTHER}. Thread-safe.
 */
final class UsageTotals implements TurnObserver {

    private static final String OTHER = "other";
    private static final Set<String> PROVIDERS = Stream.<WireEnum>concat(
                    Stream.of(ModelProvider.values()), Stream.of(AgentType.values()))
            .map(WireEnum::wire)
            .collect(Collectors.toUnmodifiableSet());

    private final AgentCatalog agents;
    private final UsageListener listener;
    private final Map<UsageSource, Usage> totals = new ConcurrentHashMap<>();

    /** Receives each usage with its bounded names. */
    @FunctionalInterface
    interface UsageListener {
        void used(String agent, String provider, Usage usage);
    }

    private record UsageSource(String agent, String provider) {}

    UsageTotals(AgentCatalog agents, UsageListener listener) {
        this.agents = agents;
        this.listener = listener;
    }

    @Override
    public void flightEnded(TurnReport report) {
        String agent = agents.has(report.agent()) ? report.agent() : OTHER;
        report.usage().forEach((name, usage) -> {
            String provider = PROVIDERS.contains(name) ? name : OTHER;
            totals.merge(new UsageSource(agent, provider), usage, Usage::plus);
            listener.used(agent, provider, usage);
        });
    }

    List<AgentUsage> totals() {
        return totals.entrySet().stream()
                .map(total ->
                        new AgentUsage(total.getKey().agent(), total.getKey().provider(), total.getValue()))
                .toList();
    }
}
