package io.turnlane.chaos.scenario;

import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.load.LoadProfile;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Scenarios, numbered as in {@code docs/chaos.md}. Each scenario has a quick form and a full form. A seed determines
 * the schedule of its faults.
 */
@SuppressWarnings("ImmutableEnumChecker") // the schedules have no state
public enum Scenario {
    F1(
            "a processor is killed",
            draw -> Stream.of(
                            draw.faults(2, 20, () -> Schedules.onProcessor(draw, FaultKind.KILL, draw.millis(0, 1000))),
                            draw.faults(0, 10, () -> Schedules.singleKill(draw, draw.processor())))
                    .flatMap(List::stream)
                    .toList()),
    F2(
            "a processor is stopped (SIGTERM)",
            draw -> draw.faults(2, 20, () -> Schedules.onProcessor(draw, FaultKind.STOP, draw.millis(0, 500)))),
    F3(
            "a gateway is killed",
            draw -> Stream.of(
                            draw.faults(2, 20, () -> Schedules.onGateway(draw)),
                            draw.faults(0, 10, () -> Schedules.singleKill(draw, draw.gateway())))
                    .flatMap(List::stream)
                    .toList()),
    F4(
            "the broker is killed, then stopped cleanly",
            draw -> Stream.of(FaultKind.KILL, FaultKind.STOP)
                    .flatMap(kind ->
                            draw.faults(1, 5, () -> Schedules.onBroker(draw, kind, draw.millis(0, 500))).stream())
                    .toList()),
    F5(
            "the broker is frozen",
            draw -> Stream.of(5, 15, 60)
                    .limit(draw.of(1, 3))
                    .map(seconds -> Schedules.onBroker(draw, FaultKind.FREEZE, Duration.ofSeconds(seconds)))
                    .toList()),
    F6(
            "Redis is killed, and restarts with its append-only file",
            draw -> draw.faults(3, 20, () -> Schedules.onRedis(draw, FaultKind.KILL, draw.millis(0, 500)))),
    F7(
            "Redis is flushed",
            draw -> draw.faults(2, 10, () -> Schedules.onRedis(draw, FaultKind.FLUSH, draw.millis(500, 1500)))),
    F8(
            "Redis is unavailable",
            draw -> draw.faults(1, 2, () -> Schedules.onRedis(draw, FaultKind.KILL, draw.seconds(5, 60)))),
    F9(
            "Redis replies are lost after their commands ran, then Redis connections are half-open",
            draw -> List.of(
                    draw.counted(FaultKind.SWALLOW, RigNetwork.REDIS_OF_PROCESSORS, Duration.ZERO, draw.of(30, 900)),
                    draw.counted(FaultKind.SWALLOW, RigNetwork.REDIS_OF_GATEWAYS, Duration.ZERO, draw.of(10, 100)),
                    draw.counted(FaultKind.HALF_OPEN, RigNetwork.REDIS_OF_PROCESSORS, draw.seconds(3, 20), 1))),
    F10(
            "Redis has no free memory, then no disk space",
            draw -> List.of(
                    Schedules.onRedis(draw, FaultKind.MEMORY_FULL, draw.seconds(3, 20)),
                    Schedules.onRedis(draw, FaultKind.DISK_FULL, draw.seconds(3, 20)))),
    F11(
            "connections to Redis, then to the broker, have a delay of 100 ms",
            draw -> List.of(
                    draw.counted(FaultKind.SLOW, RigNetwork.REDIS_OF_PROCESSORS, draw.seconds(3, 60), 1),
                    draw.counted(FaultKind.SLOW, RigNetwork.KAFKA_OF_PROXIED_PROCESSOR, draw.seconds(3, 60), 1))),
    F12(
            "a processor is disconnected from the broker",
            draw -> Stream.of(5, 30, 120)
                    .limit(draw.of(1, 3))
                    .map(seconds -> draw.counted(
                            FaultKind.HALF_OPEN, RigNetwork.KAFKA_OF_PROXIED_PROCESSOR, Duration.ofSeconds(seconds), 1))
                    .toList()),
    F13(
            "a processor is frozen until it has lost its partitions, then resumes",
            draw -> draw.faults(2, 50, () -> Schedules.onProcessor(draw, FaultKind.FREEZE, draw.millis(3600, 4500)))),
    F14(
            "members join and leave the group again and again",
            draw -> List.of(draw.counted(FaultKind.GHOST, Schedules.GROUP, draw.seconds(1, 2), draw.of(4, 30)))),
    F15(
            "partitions are taken and returned at once while their turns run",
            draw -> List.of(draw.counted(FaultKind.GHOST, Schedules.GROUP, draw.millis(100, 200), draw.of(6, 100)))),
    F18(
            "agents throw, or end their JVM",
            draw -> List.of(
                    draw.counted(FaultKind.THROWING, Schedules.CLIENTS, Duration.ZERO, draw.of(6, 60)),
                    draw.counted(FaultKind.KILLER, Schedules.CLIENTS, Duration.ZERO, draw.of(1, 10)))),
    F19(
            "a turn runs longer than all timeouts",
            draw -> List.of(draw.counted(FaultKind.LONG_RUN, Schedules.CLIENTS, draw.seconds(7, 40), draw.of(1, 1)))),
    F20(
            "questions, bodies, answers and records are too large",
            draw -> List.of(draw.counted(FaultKind.OVERSIZE, Schedules.CLIENTS, Duration.ZERO, 1))),
    F21(
            "records are unreadable",
            draw -> List.of(draw.counted(FaultKind.BAD_RECORDS, Schedules.TURNS, Duration.ZERO, draw.of(90, 100_000)))),
    F22(
            "records are published twice",
            draw -> draw.faults(
                    2, 5, () -> draw.counted(FaultKind.DUPLICATES, Schedules.TURNS, Duration.ZERO, draw.of(60, 2000)))),
    F23(
            "the Redis master becomes a read-only replica, and another Redis becomes the master",
            draw -> draw.faults(2, 10, () -> Schedules.onRedis(draw, FaultKind.FAILOVER, draw.seconds(2, 10)))),
    F24(
            "Redis loses the context and history of single sessions, then a processor is killed",
            draw -> Stream.generate(() -> List.of(
                            draw.counted(FaultKind.FORGET, Rig.REDIS, Duration.ZERO, 3),
                            Schedules.onProcessor(draw, FaultKind.KILL, draw.millis(0, 500)),
                            draw.counted(FaultKind.FORGET, Rig.REDIS, Duration.ZERO, 3)))
                    .limit(draw.of(1, 10))
                    .flatMap(List::stream)
                    .toList()),
    F25(
            "questions are cancelled, Redis is flushed, and new processors start",
            draw -> draw.faults(
                    1, 10, () -> draw.counted(FaultKind.CANCEL_FLUSH, Rig.REDIS, Duration.ZERO, draw.of(3, 10)))),
    F26(
            "deadlines pass although clocks are wrong, and Redis is flushed and unavailable",
            draw -> Stream.generate(() -> Schedules.deadlines(draw))
                    .limit(draw.of(1, 5))
                    .flatMap(List::stream)
                    .toList()),
    F27(
            "all records are deleted from the turns topic while no processor runs",
            draw -> draw.faults(
                    1, 5, () -> draw.counted(FaultKind.TRIM, Schedules.TURNS, Duration.ZERO, draw.of(3, 10))));

    private static final Duration SETTLE = Duration.ofSeconds(40);

    private final String title;
    private final Function<ScheduleRandom, List<Fault>> schedule;

    /**
     * If a call in the schedule has two numbers of faults, the first is for the quick form and the second for the full
     * form.
     */
    Scenario(String title, Function<ScheduleRandom, List<Fault>> schedule) {
        this.title = title;
        this.schedule = schedule;
    }

    /** Returns a short description of the faults. */
    public String title() {
        return title;
    }

    /** Returns the schedule for a seed. */
    public List<Fault> plan(long seed, Form form) {
        return schedule.apply(new ScheduleRandom(new SplittableRandom(seed * 31 + name().hashCode()), form));
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
