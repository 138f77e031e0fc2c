package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.processor.memory.DamageObserver;

/**
 * Counts damaged stored values, which memory ignores. The counters are registered with value 0 at the start, so that
 * the first increase is visible.
 */
final class DamageMeters implements DamageObserver {

    private final Counter turns;
    private final Counter answers;

    DamageMeters(MeterRegistry registry) {
        turns = registry.counter("turnlane.memory.damaged", "what", "turn");
        answers = registry.counter("turnlane.memory.damaged", "what", "answer");
    }

    @Override
    public void valueDamaged(DamagedValue what) {
        switch (what) {
            case TURN -> turns.increment();
            case ANSWER -> answers.increment();
        }
    }
}
