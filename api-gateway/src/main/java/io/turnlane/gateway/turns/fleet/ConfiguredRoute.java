package io.turnlane.gateway.turns.fleet;

import io.turnlane.model.agent.RouteSettings;
import io.turnlane.model.agent.RouteTarget;
import io.turnlane.model.json.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Route that operators have configured.
 *
 * @param changedAt time of the last change of its definition
 */
public record ConfiguredRoute(String name, Instant changedAt, RouteSettings settings) {

    private static final double HASHES = 0x1p53;

    /**
     * Chooses the target for a sticky value by the weights. Every gateway chooses the same target without storing the
     * choice. Each target gets the share of the values that its weight is of all weights. If weights change, only the
     * values of the share that changes get another target (weighted rendezvous hashing).
     *
     * @param usable returns true for the agents that take questions
     * @return the agent; empty if no target with a weight is usable
     */
    Optional<String> choose(String value, Predicate<String> usable) {
        return settings.targets().stream()
                .filter(target -> target.weight() > 0 && usable.test(target.agent()))
                .min(Comparator.comparingDouble(target -> -StrictMath.log(hash(target, value)) / target.weight()))
                .map(RouteTarget::agent);
    }

    /** Returns a hash of the target and the value, between 0 and 1 (both excluded). */
    private double hash(RouteTarget target, String value) {
        byte[] sha256 = Sha256.of((target.agent() + "\n" + name + "\n" + value).getBytes(StandardCharsets.UTF_8));
        return ((ByteBuffer.wrap(sha256).getLong() >>> 11) + 0.5) / HASHES;
    }
}
