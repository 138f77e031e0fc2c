package io.turnlane.chaos.simulation;

import io.turnlane.chaos.simulation.VirtualTime.SimulatedHost;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a simulation and the gateways that take their questions and cancels. A gateway stores the acceptance, then
 * publishes the question. If it gets no acknowledgement, it publishes the question again. It can crash in between.
 */
final class SimulatedClients {

    private static final int SESSIONS = 3;
    private static final int MAX_COPIES = 3;

    private final SimulatedWorld world;
    private final Supplier<List<SimulatedProcessor>> processors;
    private final SimulatedHost gateways = new SimulatedHost("gateways");
    private final Random random;
    private long count;

    SimulatedClients(SimulatedWorld world, Supplier<List<SimulatedProcessor>> processors) {
        this.world = world;
        this.processors = processors;
        this.random = world.random();
    }

    /** Asks questions at random times within the given duration. */
    void start(int questions, Duration within) {
        for (int i = 0; i < questions; i++) {
            var _ = world.time().after(gateways, randomTime(within), this::ask);
        }
    }

    private Duration randomTime(Duration most) {
        return Duration.ofMillis(random.nextInt(Math.toIntExact(most.toMillis())));
    }

    private void ask() {
        Ask ask = new Ask(
                new RequestId(new UUID(0, ++count)),
                new SessionId("s-" + random.nextInt(SESSIONS)),
                null,
                SimulatedProcessor.AGENT,
                "why?",
                Map.of(),
                Duration.ofHours(1),
                world.time().instant(),
                deadline(),
                null,
                policy(),
                oneOf(Priority.values()),
                null);
        if (random.nextInt(20) > 0) { // otherwise the store was away, and the question is accepted without a record
            world.store().accept(ask);
        }
        if (random.nextInt(20) == 0) {
            world.journal().add(gateways, "crash before they publish", ask.requestId());
            return;
        }
        var _ = world.time().after(gateways, delay(), () -> publish(ask, 1));
    }

    private void publish(Ask ask, int copy) {
        world.journal().add(gateways, "publish", ask.requestId(), "of", ask.sessionId(), ask.policy(), ask.priority());
        world.kafka().append(ask);
        if (copy < MAX_COPIES && world.faults().losesReply()) {
            var _ = world.time().after(gateways, delay(), () -> publish(ask, copy + 1));
            return;
        }
        world.history().accepted(ask.requestId());
        if (random.nextInt(6) == 0) {
            var _ = world.time().after(gateways, randomTime(Duration.ofSeconds(4)), () -> cancel(ask));
        }
    }

    private void cancel(Ask ask) {
        if (!world.store().requestCancel(ask.key(), ask.requestId())) {
            return;
        }
        world.journal().add(gateways, "accept a cancel of", ask.requestId());
        world.history().cancelAccepted(ask.requestId());
        if (!world.faults().losesCall()) { // otherwise the wake-up is lost
            var _ = world.time()
                    .after(
                            gateways,
                            delay(),
                            () -> processors.get().forEach(processor -> processor.cancel(ask.key(), ask.requestId())));
        }
    }

    private Duration delay() {
        return Duration.ofMillis(random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(5));
    }

    private @Nullable Duration deadline() {
        return random.nextInt(8) == 0 ? Duration.ofMillis(200 + random.nextInt(8_000)) : null;
    }

    private TurnPolicy policy() {
        return random.nextInt(3) == 0 ? oneOf(TurnPolicy.values()) : TurnPolicy.ENQUEUE;
    }

    private <T> T oneOf(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
