package io.turnlane.model;

import java.util.List;
import java.util.regex.Pattern;

/** Names of the topics. The prefix separates installations that share a Kafka cluster. */
public record Topics(String prefix) {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** Names with the default prefix. */
    public static final Topics DEFAULT = new Topics("turnlane.");

    public Topics {
        if (!SHAPE.matcher(prefix).matches()) {
            throw new IllegalArgumentException("a topic prefix must have 1 to 100 characters from A-Z a-z 0-9 . _ -");
        }
    }

    /** Session commands, keyed by session. */
    public String turns() {
        return prefix + "turns";
    }

    /** Turn events, keyed by session. The partition of an event has the same number as the partition of its turn. */
    public String events() {
        return prefix + "events";
    }

    /** Wake-ups for cancelled turns. Every processor reads all of them. */
    public String control() {
        return prefix + "control";
    }

    /** Failed turns, for inspection and redrive. */
    public String quarantine() {
        return prefix + "quarantine";
    }

    /** Answers of replays. */
    public String shadow() {
        return prefix + "shadow";
    }

    /** API keys by id, compacted; used only if callers authenticate with API keys. */
    public String keys() {
        return prefix + "keys";
    }

    /** Returns the topics that every installation has. */
    public List<String> all() {
        return List.of(turns(), events(), control(), quarantine(), shadow());
    }
}
