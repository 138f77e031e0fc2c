package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.rig.Rig;
import java.time.Duration;
import java.util.List;

/** Faults that occur in the schedules of several scenarios, and names of targets. */
final class Schedules {

    static final String CLIENTS = "clients";
    static final String TURNS = "turns";
    static final String GROUP = "group";
    private static final Duration PAUSE_BEFORE_SINGLE_KILL = Duration.ofSeconds(14);

    private Schedules() {}

    /** Returns questions with deadlines: without another fault, before a flush, and before an outage of Redis. */
    static List<Fault> deadlines(ScheduleRandom draw) {
        return List.of(
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(300, 800), Duration.ZERO),
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(5200, 5600), Duration.ZERO),
                draw.fault(FaultKind.FLUSH, Rig.REDIS, draw.millis(100, 300), draw.millis(300, 500)),
                draw.fault(FaultKind.DEADLINES, CLIENTS, draw.millis(100, 300), Duration.ZERO),
                draw.fault(FaultKind.KILL, Rig.REDIS, draw.millis(100, 300), draw.seconds(3, 10)));
    }

    static Fault onProcessor(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, draw.processor(), draw.millis(300, 900), hold);
    }

    static Fault onGateway(ScheduleRandom draw) {
        return draw.fault(FaultKind.KILL, draw.gateway(), draw.millis(300, 900), draw.millis(0, 500));
    }

    /** Returns a kill after a long pause, in which all processes that were killed before can restart. */
    static Fault singleKill(ScheduleRandom draw, String target) {
        return draw.fault(FaultKind.KILL, target, PAUSE_BEFORE_SINGLE_KILL, Duration.ZERO);
    }

    static Fault onBroker(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, Rig.BROKER, draw.millis(300, 900), hold);
    }

    static Fault onRedis(ScheduleRandom draw, FaultKind kind, Duration hold) {
        return draw.fault(kind, Rig.REDIS, draw.millis(800, 1500), hold);
    }
}
