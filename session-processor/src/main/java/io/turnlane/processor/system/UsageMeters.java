package io.turnlane.processor.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.turnlane.model.Usage;

/** Metrics of the usage of models, by agent and provider. */
record UsageMeters(MeterRegistry registry) implements UsageTotals.UsageListener {

    @Override
    public void used(String agent, String provider, Usage usage) {
        Tags tags = Tags.of("agent", agent, "provider", provider);
        registry.counter("turnlane.model.calls", tags).increment(usage.modelCalls());
        registry.counter("turnlane.model.tokens", tags.and("direction", "input"))
                .increment((double) usage.inputTokens());
        registry.counter("turnlane.model.tokens", tags.and("direction", "output"))
                .increment((double) usage.outputTokens());
        if (usage.cost() != null) {
            registry.counter("turnlane.model.cost", tags.and("currency", String.valueOf(usage.currency())))
                    .increment(usage.cost());
        }
    }
}
