package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.Kind;
import io.turnlane.chaos.rig.Rig;
import java.util.List;

/** What each scenario does to the rig, drawn from a seed. */
final class Schedules {

    private Schedules() {}

    static List<Fault> of(Scenario scenario, Draw draw) {
        return switch (scenario) {
            case F1 ->
                draw.faults(
                        2,
                        20,
                        () -> draw.fault(Kind.KILL, draw.processor(), draw.millis(300, 900), draw.millis(0, 1000)));
            case F3 ->
                draw.faults(
                        2, 20, () -> draw.fault(Kind.KILL, draw.gateway(), draw.millis(300, 900), draw.millis(0, 500)));
            case F6 ->
                draw.faults(3, 20, () -> draw.fault(Kind.KILL, Rig.REDIS, draw.millis(800, 1500), draw.millis(0, 500)));
            case F13 ->
                draw.faults(
                        2,
                        50,
                        () -> draw.fault(
                                Kind.FREEZE, draw.processor(), draw.millis(300, 800), draw.millis(3600, 4500)));
        };
    }
}
