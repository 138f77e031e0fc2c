package io.turnlane.model;

import java.util.List;
import java.util.regex.Pattern;

/** The names of the topics; the prefix keeps several installations apart on one Kafka. */
public record Topics(String prefix) {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** What an installation that shares its Kafka with nobody uses. */
    public static final Topics DEFAULT = new Topics("turnlane.");

    public Topics {
        if (!SHAPE.matcher(prefix).matches()) {
            throw new IllegalArgumentException("a topic prefix is 1 to 100 of A-Z a-z 0-9 . _ -");
        }
    }

    /** Session commands, keyed by session. */
    public String turns() {
        return prefix + "turns";
    }

    /** Turn events, keyed by session, on the partition of the same number as their turn. */
    public String events() {
        return prefix + "events";
    }

    /** Wake-ups for running turns, read by every processor. */
    public String control() {
        return prefix + "control";
    }

    /** Failed turns, for inspection and redrive. */
    public String quarantine() {
        return prefix + "quarantine";
    }

    /** What replays answered. */
    public String shadow() {
        return prefix + "shadow";
    }

    /** API keys by id, compacted; only where callers are known by API keys. */
    public String keys() {
        return prefix + "keys";
    }

    /** Those that every installation has. */
    public List<String> all() {
        return List.of(turns(), events(), control(), quarantine(), shadow());
    }
}
