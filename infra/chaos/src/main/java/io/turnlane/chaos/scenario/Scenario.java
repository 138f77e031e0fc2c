package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.load.Profile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The named scenarios; the numbers are those of {@code docs/chaos.md}. Each has a quick form and a full one, and draws
 * its schedule from a seed.
 */
public enum Scenario {
    F1("a processor is killed"),
    F3("a gateway is killed"),
    F6("Redis is killed and comes back with its append-only file"),
    F13("a processor sleeps through the loss of its partitions, and wakes up");

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    /** What happens, in words. */
    public String title() {
        return title;
    }

    /** The schedule of a seed. */
    public List<Fault> plan(long seed, Form form) {
        return Schedules.of(this, new Draw(new SplittableRandom(seed * 31 + name().hashCode()), form));
    }

    Profile profile() {
        return Profile.usual();
    }

    /** How long accepted turns may take to end once all is healed. */
    Duration settle() {
        return Duration.ofSeconds(40);
    }

    /** The scenario of this name. */
    public static Optional<Scenario> named(String name) {
        return Stream.of(values())
                .filter(scenario -> scenario.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
