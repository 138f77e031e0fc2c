package io.turnlane.standalone.options;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that select sessions or requests. */
public final class SelectionOptions {

    @Option(names = "--user", paramLabel = "ID", description = "Only those of this user.")
    private @Nullable String user;

    @Option(names = "--session", paramLabel = "ID", description = "Only those of this session.")
    private @Nullable String session;

    @Option(names = "--agent", paramLabel = "NAME", description = "Only those of this agent.")
    private @Nullable String agent;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimePointConverter.class,
            description = "Only those after this time: 30m for the last 30 minutes, or 2026-11-21T06:00:00Z.")
    private @Nullable Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = TimePointConverter.class,
            description = "Only those before this time.")
    private @Nullable Instant until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Maximum number, from 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit = 50;

    /** Returns the parameters of the gateway's query. */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "user", user);
        put(query, "session", session);
        put(query, "agent", agent);
        put(query, "from", since);
        put(query, "to", until);
        put(query, "limit", limit);
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable Object value) {
        if (value != null) {
            query.put(name, value.toString());
        }
    }
}
