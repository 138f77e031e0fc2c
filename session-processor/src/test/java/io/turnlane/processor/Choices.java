package io.turnlane.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a scenario once for every combination of its choices, in depth-first order: each run repeats the choices of the
 * previous one up to the last choice that has an option left. A scenario must be deterministic, given its choices.
 */
public final class Choices {

    private final List<int[]> path = new ArrayList<>(); // for each choice: selected option and number of options
    private int next;

    private Choices() {}

    /**
     * Runs the scenario for all combinations of its choices.
     *
     * @return number of runs
     */
    public static long explore(Consumer<Choices> scenario) {
        Choices choices = new Choices();
        long runs = 0;
        do {
            choices.next = 0;
            runs++;
            try {
                scenario.accept(choices);
            } catch (Throwable e) {
                throw new AssertionError("run " + runs + " with choices " + choices, e);
            }
        } while (choices.advance());
        return runs;
    }

    /** Returns the selected option, from 0 (inclusive) to the number of options (exclusive). */
    public int choose(int options) {
        if (next == path.size()) {
            path.add(new int[] {0, options});
        }
        return path.get(next++)[0];
    }

    private boolean advance() {
        while (!path.isEmpty()) {
            int[] last = path.getLast();
            if (++last[0] < last[1]) {
                return true;
            }
            path.removeLast();
        }
        return false;
    }

    @Override
    public String toString() {
        return path.stream().map(step -> step[0] + "/" + step[1]).toList().toString();
    }
}
