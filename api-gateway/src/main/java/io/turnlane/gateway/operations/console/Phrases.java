package io.turnlane.gateway.operations.console;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Parts of the sentences about problems. */
final class Phrases {

    private static final int MAX_NUMBERS = 5;

    private Phrases() {}

    /** Returns {@code 1 turn} or {@code 3 turns}. */
    static String turns(long count) {
        return count(count, "turn");
    }

    static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Returns the form of the verb after this number of subjects. */
    static String waits(long count) {
        return count == 1 ? "waits" : "wait";
    }

    /** Returns {@code partition 3}, {@code partitions 3, 4}, or only their number if there are many. */
    static String list(String noun, List<Integer> numbers) {
        if (numbers.size() == 1) {
            return noun + " " + numbers.getFirst();
        }
        return numbers.size() > MAX_NUMBERS
                ? count(numbers.size(), noun)
                : noun + "s " + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    static String text(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
    }
}
