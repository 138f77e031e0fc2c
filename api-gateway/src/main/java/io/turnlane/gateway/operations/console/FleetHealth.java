package io.turnlane.gateway.operations.console;

import io.turnlane.model.WireEnum;
import java.util.List;

/**
 * Health of the whole installation.
 *
 * @param level level of the worst problem
 * @param sentence sentence about the worst problem, or about the load if there is no problem
 * @param problems everything that is wrong, worst first
 */
record FleetHealth(HealthLevel level, String sentence, List<FleetProblem> problems) {

    FleetHealth {
        problems = List.copyOf(problems);
    }

    enum HealthLevel implements WireEnum {
        OK,
        /** Users may notice delays, or operators should look at something. */
        WARNING,
        /** Turns cannot run, or fail. */
        FAILURE
    }

    /**
     * Something that is wrong.
     *
     * @param code name of the problem, for programs
     * @param sentence what is wrong, why, and what happens or what to do next
     * @param view part of the console that shows more, such as {@code lanes}
     */
    record FleetProblem(HealthLevel level, String code, String sentence, String view) {}
}
