package io.turnlane.chaos.member;

import java.util.Locale;

/**
 * A question that says what the {@link ScriptedAgent} shall do: {@code c-s1-4 ms=300 deltas=20 do=answer}.
 *
 * @param canary the word that every piece of the answer repeats, unique in a run
 * @param millis how long the agent takes
 * @param deltas in how many pieces it answers
 * @param action what it does in the end
 */
public record Instruction(String canary, int millis, int deltas, ScriptedAction action) {

    /** Bounds, so that no question wedges a run for good. */
    private static final int MOST_MILLIS = 600_000;

    private static final int MOST_DELTAS = 10_000;

    /** What the agent does once its time is over. */
    public enum ScriptedAction {
        /** Answers. */
        ANSWER,
        /** Throws, each time. */
        THROW,
        /** Throws in the first attempt, answers in the next. */
        THROW_ONCE,
        /** Says that another try would end the same. */
        REFUSE,
        /** Ends its JVM at once, each time. */
        HALT,
        /** Ends its JVM in the first attempt, answers in the next. */
        HALT_ONCE,
        /** Answers, and pays no heed to interrupts meanwhile. */
        STUBBORN,
        /** Answers with 10 MiB. */
        HUGE
    }

    public Instruction {
        if (canary.isBlank() || canary.contains(" ")) {
            throw new IllegalArgumentException("a canary is one word");
        }
        millis = Math.clamp(millis, 0, MOST_MILLIS);
        deltas = Math.clamp(deltas, 1, MOST_DELTAS);
    }

    /** Reads a question; what it doesn't say is 0 ms, one piece, answer. */
    public static Instruction parse(String question) {
        String[] words = question.strip().split(" +", -1);
        int millis = 0;
        int deltas = 1;
        ScriptedAction deed = ScriptedAction.ANSWER;
        for (int i = 1; i < words.length; i++) {
            String value = words[i].substring(words[i].indexOf('=') + 1);
            if (words[i].startsWith("ms=")) {
                millis = Integer.parseInt(value);
            } else if (words[i].startsWith("deltas=")) {
                deltas = Integer.parseInt(value);
            } else if (words[i].startsWith("do=")) {
                deed = ScriptedAction.valueOf(value.toUpperCase(Locale.ROOT));
            }
        }
        return new Instruction(words[0], millis, deltas, deed);
    }

    /** The question. */
    public String text() {
        return canary + " ms=" + millis + " deltas=" + deltas + " do="
                + action.name().toLowerCase(Locale.ROOT);
    }
}
