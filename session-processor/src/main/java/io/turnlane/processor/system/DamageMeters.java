package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.store.memory.DamageObserver;
import org.springframework.stereotype.Component;

/**
 * Counts stored values that are damaged and therefore ignored. The counters are registered with value 0 at the start,
 * so that a monitoring system sees the first increase.
 */
@Component
final class DamageMeters implements DamageObserver {

    private final Counter turns;
    private final Counter answers;
    private final Counter states;

    DamageMeters(MeterRegistry registry) {
        turns = registry.counter("turnlane.memory.damaged", "what", "turn");
        answers = registry.counter("turnlane.memory.damaged", "what", "answer");
        states = registry.counter("turnlane.memory.damaged", "what", "states");
    }

    @Override
    public void valueDamaged(DamagedValue what) {
        switch (what) {
            case TURN -> turns.increment();
            case ANSWER -> answers.increment();
            case STATES -> states.increment();
        }
    }
}
