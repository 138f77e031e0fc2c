package io.turnlane.chaos.member;

import java.util.Locale;

/**
 * Question that instructs the {@link ScriptedAgent}, as {@code c-s1-4 ms=300 deltas=20 do=answer}.
 *
 * @param canary word that every piece of the answer repeats; unique in a run
 * @param millis time that the agent takes, in milliseconds
 * @param deltas number of pieces of the answer
 * @param action action of the agent after {@code millis}
 */
public record Instruction(String canary, int millis, int deltas, ScriptedAction action) {

    /** Maximum time that a question can request, so that no question blocks a run permanently. */
    private static final int MAX_MILLIS = 600_000;

    private static final int MAX_DELTAS = 10_000;

    /** Action of the agent after {@link Instruction#millis}. */
    public enum ScriptedAction {
        /** Answers. */
        ANSWER,
        /** Throws in each attempt. */
        THROW,
        /** Throws in the first attempt, answers in later ones. */
        THROW_ONCE,
        /** Throws an error that rules out a retry. */
        REFUSE,
        /** Ends the JVM of the processor in each attempt. */
        HALT,
        /** Ends the JVM of the processor in the first attempt, answers in later ones. */
        HALT_ONCE,
        /** Ignores interrupts until the time has passed, then answers. */
        STUBBORN,
        /** Answers with 10 MiB. */
        HUGE
    }

    public Instruction {
        if (canary.isBlank() || canary.contains(" ")) {
            throw new IllegalArgumentException("the canary must be one word");
        }
        millis = Math.clamp(millis, 0, MAX_MILLIS);
        deltas = Math.clamp(deltas, 1, MAX_DELTAS);
    }

    /** Returns an instruction to answer in five pieces. */
    public static Instruction answer(String canary, int millis) {
        return new Instruction(canary, millis, 5, ScriptedAction.ANSWER);
    }

    /** Parses a question. The defaults are 0 ms, one piece, and the action {@code answer}. */
    public static Instruction parse(String question) {
        String[] words = question.strip().split(" +", -1);
        int millis = 0;
        int deltas = 1;
        ScriptedAction action = ScriptedAction.ANSWER;
        for (int i = 1; i < words.length; i++) {
            String value = words[i].substring(words[i].indexOf('=') + 1);
            if (words[i].startsWith("ms=")) {
                millis = Integer.parseInt(value);
            } else if (words[i].startsWith("deltas=")) {
                deltas = Integer.parseInt(value);
            } else if (words[i].startsWith("do=")) {
                action = ScriptedAction.valueOf(value.toUpperCase(Locale.ROOT));
            }
        }
        return new Instruction(words[0], millis, deltas, action);
    }

    /** Returns the text of the question. */
    public String text() {
        return canary + " ms=" + millis + " deltas=" + deltas + " do="
                + action.name().toLowerCase(Locale.ROOT);
    }
}
