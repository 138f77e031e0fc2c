package io.turnlane.chaos.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Unique word in a question. Every piece of the answer repeats it, so the checker can trace each text to its question.
 */
public final class Canary {

    private static final Pattern CANARY = Pattern.compile("c-[A-Za-z0-9._-]+");

    private Canary() {}

    /** Returns the first canary in a text, or null if there is none. */
    public static @Nullable String in(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher matcher = CANARY.matcher(text);
        return matcher.find() ? matcher.group() : null;
    }
}
