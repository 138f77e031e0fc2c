package io.turnlane.chaos.scenario;

import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.load.LoadProfile;
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
    F2("a processor is told to stop (SIGTERM)"),
    F3("a gateway is killed"),
    F4("the broker is killed, and restarted cleanly"),
    F5("the broker hangs"),
    F6("Redis is killed and comes back with its append-only file"),
    F7("Redis is flushed"),
    F8("Redis is away"),
    F9("Redis does what it is told, and its replies are lost; then its connections are half-open"),
    F10("Redis has no memory, then no disk, to write to"),
    F11("Redis and the broker are far away"),
    F12("a processor is cut off from the broker"),
    F13("a processor sleeps through the loss of its partitions, and wakes up"),
    F14("members join and leave the group all the time"),
    F15("partitions are taken and handed straight back while their turns run"),
    F18("agents throw, and end their JVM"),
    F19("a turn runs longer than every timer"),
    F20("questions, answers and records that are too large"),
    F21("records that nobody can read"),
    F22("records that come twice");

    private static final Duration SETTLE = Duration.ofSeconds(40);

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
        return Schedules.of(this, new ScheduleRandom(new SplittableRandom(seed * 31 + name().hashCode()), form));
    }

    LoadProfile profile() {
        return switch (this) {
            case F15 -> LoadProfile.usual().withMillis(500, 2000);
            // Turns that are still being answered when their owner is given up, whichever is frozen.
            case F13 -> LoadProfile.usual().withMillis(200, 6000);
            default -> LoadProfile.usual();
        };
    }

    /** How long accepted turns may take to end once all is healed; what was asked to run long, may first do so. */
    static Duration settle(List<Fault> plan) {
        return plan.stream()
                .filter(fault -> fault.kind() == FaultKind.LONG_RUN)
                .map(Fault::hold)
                .reduce(SETTLE, Duration::plus);
    }

    /** The scenario that brings a missing promise to light. */
    public static Scenario revealing(Control control) {
        return switch (control) {
            case DEDUPE, ORDER -> F22;
            case FENCE -> F13;
        };
    }

    /** The scenario of this name. */
    public static Optional<Scenario> named(String name) {
        return Stream.of(values())
                .filter(scenario -> scenario.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
