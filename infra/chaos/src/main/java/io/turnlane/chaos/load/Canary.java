package io.turnlane.chaos.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The word by which a question's answer is known. */
public final class Canary {

    private static final Pattern CANARY = Pattern.compile("c-[A-Za-z0-9._-]+");

    private Canary() {}

    /** The first canary of a text. */
    public static @Nullable String in(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher matcher = CANARY.matcher(text);
        return matcher.find() ? matcher.group() : null;
    }
}
