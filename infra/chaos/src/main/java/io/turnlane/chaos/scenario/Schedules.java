package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigNetwork;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Schedules of the scenarios, drawn from a seed. If a call has two numbers of faults, the first is for the quick form
 * and the second for the full form.
 */
final class Schedules {

    private static final String CLIENTS = "clients";
    private static final String TURNS = "turns";
    private static final String GROUP = "group";
    private static final Duration PAUSE_BEFORE_SINGLE_KILL = Duration.ofSeconds(14);

    private Schedules() {}

    static List<Fault> of(Scenario scenario, ScheduleRandom draw) {
        return switch (scenario) {
            case F1 ->
                Stream.of(
                                draw.faults(2, 20, () -> onProcessor(draw, FaultKind.KILL, draw.millis(0, 1000))),
                                draw.faults(0, 10, () -> singleKill(draw, draw.processor())))
                        .flatMap(List::stream)
                        .toList();
            case F2 -> draw.faults(2, 20, () -> onProcessor(draw, FaultKind.STOP, draw.millis(0, 500)));
            case F3 ->
                Stream.of(
                                draw.faults(2, 20, () -> onGateway(draw)),
                                draw.faults(0, 10, () -> singleKill(draw, draw.gateway())))
                        .flatMap(List::stream)
                        .toList();
            case F4 ->
                Stream.of(FaultKind.KILL, FaultKind.STOP)
                        .flatMap(kind -> draw.faults(1, 5, () -> onBroker(draw, kind, draw.millis(0, 500))).stream())
                        .toList();
            case F5 ->
                Stream.of(5, 15, 60)
                        .limit(draw.of(1, 3))
                        .map(seconds -> onBroker(draw, FaultKind.FREEZE, Duration.ofSeconds(seconds)))
                        .toList();
            case F6 -> draw.faults(3, 20, () -> onRedis(draw, FaultKind.KILL, draw.millis(0, 500)));
            case F7 -> draw.faults(2, 10, () -> onRedis(draw, FaultKind.FLUSH, draw.millis(500, 1500)));
            case F8 -> draw.faults(1, 2, () -> onRedis(draw, FaultKind.KILL, draw.seconds(5, 60)));
            case F9 ->
                List.of(
                        draw.counted(
                                FaultKind.SWALLOW, RigNetwork.REDIS_OF_PROCESSORS, Duration.ZERO, draw.of(30, 900)),
                        draw.counted(FaultKind.SWALLOW, RigNetwork.REDIS_OF_GATEWAYS, Duration.ZERO, draw.of(10, 100)),
                        draw.counted(FaultKind.HALF_OPEN, RigNetwork.REDIS_OF_PROCESSORS, draw.seconds(3, 20), 1));
            case F10 ->
                List.of(
                        onRedis(draw, FaultKind.MEMORY_FULL, draw.seconds(3, 20)),
                        onRedis(draw, FaultKind.DISK_FULL, draw.seconds(3, 20)));
            case F11 ->
                List.of(
                        draw.counted(FaultKind.SLOW, RigNetwork.REDIS_OF_PROCESSORS, draw.seconds(3, 60), 1),
                        draw.counted(FaultKind.SLOW, RigNetwork.KAFKA_OF_PROXIED_PROCESSOR, draw.seconds(3, 60), 1));
            case F12 ->
                Stream.of(5, 30, 120)
                        .limit(draw.of(1, 3))
                        .map(seconds -> draw.counted(
                                FaultKind.HALF_OPEN,
                                RigNetwork.KAFKA_OF_PROXIED_PROCESSOR,
                                Duration.ofSeconds(seconds),
                                1))
                        .toList();
            case F13 -> draw.faults(2, 50, () -> onProcessor(draw, FaultKind.FREEZE, draw.millis(3600, 4500)));
            case F14 -> List.of(draw.counted(FaultKind.GHOST, GROUP, draw.seconds(1, 2), draw.of(4, 30)));
            case F15 -> List.of(draw.counted(FaultKind.GHOST, GROUP, draw.millis(100, 200), draw.of(6, 100)));
            case F18 ->
                List.of(
                        draw.counted(FaultKind.THROWING, CLIENTS, Duration.ZERO, draw.of(6, 60)),
                        draw.counted(FaultKind.KILLER, CLIENTS, Duration.ZERO, draw.of(1, 10)));
            case F19 -> List.of(draw.counted(FaultKind.LONG_RUN, CLIENTS, draw.seconds(7, 40), draw.of(1, 1)));
            case F20 -> List.of(draw.counted(FaultKind.OVERSIZE, CLIENTS, Duration.ZERO, 1));
            case F21 -> List.of(draw.counted(FaultKind.BAD_RECORDS, TURNS, Duration.ZERO, draw.of(90, 100_000)));
            case F22 ->
                draw.faults(2, 5, () -> draw.counted(FaultKind.DUPLICATES, TURNS, Duration.ZERO, draw.of(60, 2000)));
            case F23 -> draw.faults(2, 10, () -> onRedis(draw, FaultKind.FAILOVER, draw.seconds(2, 10)));
            case F24 ->
                Stream.generate(() -> List.of(
                                draw.counted(FaultKind.FORGET, Rig.REDIS, Duration.ZERO, 3),
                                onProcessor(draw, FaultKind.KILL, draw.millis(0, 500)),
                                draw.counted(FaultKind.FORGET, Rig.REDIS, Duration.ZERO, 3)))
                        .limit(draw.of(1, 10))
                        .flatMap(List::stream)
                        .toList();
            case F25 ->
                draw.faults(
                        1, 10, () -> draw.counted(FaultKind.CANCEL_FLUSH, Rig.REDIS, Duration.ZERO, draw.of(3, 10)));
            case F26 ->
                Stream.generate(() -> deadlines(draw))
                        .limit(draw.of(1, 5))
                        .flatMap(List::stream)
                        .toList();
            case F27 -> draw.faults(1, 5, () -> draw.counted(FaultKind.TRIM, TURNS, Duration.ZERO, draw.of(3, 10)));
        };
    }

    /** Returns questions with deadlines: without another fault, before a flush, and before an outage of Redis. */
    private static List<Fault> deadlines(ScheduleRandom draw) {
        return List.of(
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(300, 800), Duration.ZERO),
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(5200, 5600), Duration.ZERO),
                draw.fault(FaultKind.FLUSH, Rig.REDIS, draw.millis(100, 300), draw.millis(300, 500)),
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(100, 300), Duration.ZERO),
                draw.fault(FaultKind.KILL, Rig.REDIS, draw.millis(100, 300), draw.seconds(3, 10)));
    }

    private static Fault onProcessor(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, draw.processor(), draw.millis(300, 900), hold);
    }

    private static Fault onGateway(ScheduleRandom draw) {
        return draw.fault(FaultKind.KILL, draw.gateway(), draw.millis(300, 900), draw.millis(0, 500));
    }

    /** Returns a kill after a long pause, in which all processes that were killed before can restart. */
    private static Fault singleKill(ScheduleRandom draw, String target) {
        return draw.fault(FaultKind.KILL, target, PAUSE_BEFORE_SINGLE_KILL, Duration.ZERO);
    }

    private static Fault onBroker(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, Rig.BROKER, draw.millis(300, 900), hold);
    }

    private static Fault onRedis(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, Rig.REDIS, draw.millis(800, 1500), hold);
    }
}
