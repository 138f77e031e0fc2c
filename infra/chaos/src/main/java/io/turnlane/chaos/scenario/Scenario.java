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
 * Scenarios, numbered as in {@code docs/chaos.md}. Each scenario has a quick form and a full form. A seed determines
 * the schedule of its faults.
 */
public enum Scenario {
    F1("a processor is killed"),
    F2("a processor is stopped (SIGTERM)"),
    F3("a gateway is killed"),
    F4("the broker is killed, then stopped cleanly"),
    F5("the broker is frozen"),
    F6("Redis is killed, and restarts with its append-only file"),
    F7("Redis is flushed"),
    F8("Redis is unavailable"),
    F9("Redis replies are lost after their commands ran, then Redis connections are half-open"),
    F10("Redis has no free memory, then no disk space"),
    F11("connections to Redis, then to the broker, have a delay of 100 ms"),
    F12("a processor is disconnected from the broker"),
    F13("a processor is frozen until it has lost its partitions, then resumes"),
    F14("members join and leave the group again and again"),
    F15("partitions are taken and returned at once while their turns run"),
    F18("agents throw, or end their JVM"),
    F19("a turn runs longer than all timeouts"),
    F20("questions, bodies, answers and records are too large"),
    F21("records are unreadable"),
    F22("records are published twice"),
    F23("the Redis master becomes a read-only replica, and another Redis becomes the master"),
    F24("Redis loses the context and history of single sessions, then a processor is killed"),
    F25("questions are cancelled, Redis is flushed, and new processors start"),
    F26("deadlines pass although clocks are wrong, and Redis is flushed and unavailable"),
    F27("all records are deleted from the turns topic while no processor runs");

    private static final Duration SETTLE = Duration.ofSeconds(40);

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    /** Returns a short description of the faults. */
    public String title() {
        return title;
    }

    /** Returns the schedule for a seed. */
    public List<Fault> plan(long seed, Form form) {
        return Schedules.of(this, new ScheduleRandom(new SplittableRandom(seed * 31 + name().hashCode()), form));
    }

    LoadProfile profile() {
        return switch (this) {
            case F15 -> LoadProfile.usual().withMillis(500, 2000);
            // The turns are long, so that a frozen processor still has running turns when it loses its partitions.
            case F13 -> LoadProfile.usual().withMillis(200, 6000);
            default -> LoadProfile.usual();
        };
    }

    /**
     * Returns the time in which all accepted turns must end after the last fault is healed. Includes the duration of
     * long-running questions.
     */
    static Duration settle(List<Fault> plan) {
        return plan.stream()
                .filter(fault -> fault.kind() == FaultKind.LONG_RUN)
                .map(Fault::hold)
                .reduce(SETTLE, Duration::plus);
    }

    /** Returns the scenario in which processors with this negative control break their promise. */
    public static Scenario revealing(Control control) {
        return switch (control) {
            case DEDUPE, ORDER -> F22;
            case FENCE -> F13;
        };
    }

    /** Returns the scenario with this name, ignoring case. */
    public static Optional<Scenario> named(String name) {
        return Stream.of(values())
                .filter(scenario -> scenario.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
