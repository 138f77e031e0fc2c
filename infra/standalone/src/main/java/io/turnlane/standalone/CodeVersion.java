package io.turnlane.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Version of the code that runs, for reports. */
public final class CodeVersion {

    private CodeVersion() {}

    /** Returns the abbreviated commit of the working copy, or {@code unknown} if there is none. */
    public static String current() {
        String home = Optional.ofNullable(System.getenv("TURNLANE_HOME")).orElse(".");
        try {
            Process git = new ProcessBuilder("git", "-C", home, "rev-parse", "--short", "HEAD")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !name.isEmpty() ? name : "unknown";
        } catch (IOException _) {
            return "unknown";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
