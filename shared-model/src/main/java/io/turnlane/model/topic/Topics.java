package io.turnlane.model.topic;

import java.util.regex.Pattern;

/** Names of the topics. The prefix separates installations that share a Kafka cluster. */
public record Topics(String prefix) {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public static final Topics DEFAULT = new Topics("turnlane.");

    public Topics {
        if (!SHAPE.matcher(prefix).matches()) {
            throw new IllegalArgumentException("a topic prefix must have 1 to 100 characters from A-Z a-z 0-9 . _ -");
        }
    }

    /** Topic of session commands, keyed by session. */
    public String turns() {
        return prefix + "turns";
    }

    /** Topic of turn events, keyed by session. An event's partition has the same number as its turn's. */
    public String events() {
        return prefix + "events";
    }

    /** Topic of wake-ups for cancelled turns. Every processor reads all of them. */
    public String control() {
        return prefix + "control";
    }

    /** Topic of failed turns, for inspection and redrive. */
    public String quarantine() {
        return prefix + "quarantine";
    }

    /** Topic of answers of replays. */
    public String shadow() {
        return prefix + "shadow";
    }

    /** Topic of deliveries to clients, without keys. Gateways write it, and timelines show it. */
    public String deliveries() {
        return prefix + "deliveries";
    }

    /** Compacted topic of API keys by id, used only if callers authenticate with API keys. */
    public String keys() {
        return prefix + "keys";
    }

    /** Compacted topic of configured agents by name. */
    public String agents() {
        return prefix + "agents";
    }
}
