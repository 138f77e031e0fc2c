package io.turnlane.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a scenario once for every way in which its choices can go: the first choices are kept and the last one is moved
 * on, until none is left. A scenario must choose the same way as long as its choices are answered the same.
 */
public final class Choices {

    private final List<int[]> path = new ArrayList<>(); // each: what was chosen, of how many
    private int next;

    private Choices() {}

    /**
     * Explores.
     *
     * @return how many runs there were
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

    /** One of so many. */
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
