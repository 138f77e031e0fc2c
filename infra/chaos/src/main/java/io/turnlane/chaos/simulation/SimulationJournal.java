package io.turnlane.chaos.simulation;

import io.turnlane.model.RequestId;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Description of the steps of a simulation, one line for each step. */
final class SimulationJournal {

    private final VirtualTime time;
    private final @Nullable Consumer<String> lines;

    /** @param lines receives the lines; null if nobody reads them */
    SimulationJournal(VirtualTime time, @Nullable Consumer<String> lines) {
        this.time = time;
        this.lines = lines;
    }

    /** Adds a line with the present time, the part that does the step, and the words of the step. */
    void add(Object part, Object... words) {
        if (lines != null) {
            String step = Stream.of(words).map(SimulationJournal::word).collect(Collectors.joining(" "));
            lines.accept(String.format(Locale.ROOT, "%9.3f s  %-8s  %s", time.nanos() / 1e9, part, step));
        }
    }

    private static String word(Object word) {
        return word instanceof RequestId request ? name(request) : word.toString();
    }

    /** Returns the name of a turn. Turns are numbered in the order of their questions. */
    static String name(RequestId request) {
        return "turn " + request.value().getLeastSignificantBits();
    }
}
