package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.Kind;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.Wires;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What each scenario does to the rig, drawn from a seed: the first number is the quick form's, the second the full's.
 */
final class Schedules {

    private static final String CLIENTS = "clients";
    private static final String TURNS = "turns";
    private static final String GROUP = "group";
    private static final Duration BETWEEN_TWO_ALONE = Duration.ofSeconds(14);

    private Schedules() {}

    static List<Fault> of(Scenario scenario, Draw draw) {
        return switch (scenario) {
            case F1 ->
                Stream.of(
                                draw.faults(2, 20, () -> onProcessor(draw, Kind.KILL, draw.millis(0, 1000))),
                                draw.faults(0, 10, () -> alone(draw, draw.processor())))
                        .flatMap(List::stream)
                        .toList();
            case F2 -> draw.faults(2, 20, () -> onProcessor(draw, Kind.STOP, draw.millis(0, 500)));
            case F3 ->
                Stream.of(
                                draw.faults(2, 20, () -> onGateway(draw)),
                                draw.faults(0, 10, () -> alone(draw, draw.gateway())))
                        .flatMap(List::stream)
                        .toList();
            case F4 ->
                Stream.of(Kind.KILL, Kind.STOP)
                        .flatMap(kind -> draw.faults(1, 5, () -> onBroker(draw, kind, draw.millis(0, 500))).stream())
                        .toList();
            case F5 ->
                Stream.of(5, 15, 60)
                        .limit(draw.of(1, 3))
                        .map(seconds -> onBroker(draw, Kind.FREEZE, Duration.ofSeconds(seconds)))
                        .toList();
            case F6 -> draw.faults(3, 20, () -> onRedis(draw, Kind.KILL, draw.millis(0, 500)));
            case F7 -> draw.faults(2, 10, () -> onRedis(draw, Kind.FLUSH, draw.millis(500, 1500)));
            case F8 -> draw.faults(1, 2, () -> onRedis(draw, Kind.KILL, draw.seconds(5, 60)));
            case F9 ->
                List.of(
                        draw.counted(Kind.SWALLOW, Wires.REDIS_OF_PROCESSORS, Duration.ZERO, draw.of(30, 900)),
                        draw.counted(Kind.SWALLOW, Wires.REDIS_OF_GATEWAYS, Duration.ZERO, draw.of(10, 100)),
                        draw.counted(Kind.HALF_OPEN, Wires.REDIS_OF_PROCESSORS, draw.seconds(3, 20), 1));
            case F10 ->
                List.of(
                        onRedis(draw, Kind.MEMORY_FULL, draw.seconds(3, 20)),
                        onRedis(draw, Kind.DISK_FULL, draw.seconds(3, 20)));
            case F11 ->
                List.of(
                        draw.counted(Kind.SLOW, Wires.REDIS_OF_PROCESSORS, draw.seconds(3, 60), 1),
                        draw.counted(Kind.SLOW, Wires.KAFKA_OF_ONE, draw.seconds(3, 60), 1));
            case F12 ->
                Stream.of(5, 30, 120)
                        .limit(draw.of(1, 3))
                        .map(seconds ->
                                draw.counted(Kind.HALF_OPEN, Wires.KAFKA_OF_ONE, Duration.ofSeconds(seconds), 1))
                        .toList();
            case F13 -> draw.faults(2, 50, () -> onProcessor(draw, Kind.FREEZE, draw.millis(3600, 4500)));
            case F14 -> List.of(draw.counted(Kind.GHOST, GROUP, draw.seconds(1, 2), draw.of(4, 30)));
            case F15 -> List.of(draw.counted(Kind.GHOST, GROUP, draw.millis(100, 200), draw.of(6, 100)));
            case F18 ->
                List.of(
                        draw.counted(Kind.THROWING, CLIENTS, Duration.ZERO, draw.of(6, 60)),
                        draw.counted(Kind.KILLER, CLIENTS, Duration.ZERO, draw.of(1, 10)));
            case F19 -> List.of(draw.counted(Kind.LONG_RUN, CLIENTS, draw.seconds(7, 40), draw.of(1, 1)));
            case F20 -> List.of(draw.counted(Kind.OVERSIZE, CLIENTS, Duration.ZERO, 1));
            case F21 -> List.of(draw.counted(Kind.BAD_RECORDS, TURNS, Duration.ZERO, draw.of(90, 100_000)));
            case F22 -> draw.faults(2, 5, () -> draw.counted(Kind.DUPLICATES, TURNS, Duration.ZERO, draw.of(60, 2000)));
        };
    }

    private static Fault onProcessor(Draw draw, Kind kind, Duration hold) {
        return draw.fault(kind, draw.processor(), draw.millis(300, 900), hold);
    }

    private static Fault onGateway(Draw draw) {
        return draw.fault(Kind.KILL, draw.gateway(), draw.millis(300, 900), draw.millis(0, 500));
    }

    /** By then all are back that were killed before. */
    private static Fault alone(Draw draw, String target) {
        return draw.fault(Kind.KILL, target, BETWEEN_TWO_ALONE, Duration.ZERO);
    }

    private static Fault onBroker(Draw draw, Kind kind, Duration hold) {
        return draw.fault(kind, Rig.BROKER, draw.millis(300, 900), hold);
    }

    private static Fault onRedis(Draw draw, Kind kind, Duration hold) {
        return draw.fault(kind, Rig.REDIS, draw.millis(800, 1500), hold);
    }
}
