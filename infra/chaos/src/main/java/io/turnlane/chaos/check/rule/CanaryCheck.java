package io.turnlane.chaos.check.rule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds canaries of other questions in texts. */
final class CanaryCheck {

    private static final Pattern CANARY = Pattern.compile("c-[A-Za-z0-9._-]+");

    private CanaryCheck() {}

    /**
     * Returns the first canary in the text other than the question's own, or null if there is none. A long answer may
     * be truncated within a word. A prefix of the own canary at the end of the text therefore counts as the own canary.
     */
    static @Nullable String foreign(String text, String own) {
        Matcher canaries = CANARY.matcher(text);
        while (canaries.find()) {
            String canary = canaries.group();
            boolean truncated = canaries.end() == text.length() && own.startsWith(canary);
            if (!canary.equals(own) && !truncated) {
                return canary;
            }
        }
        return null;
    }
}
