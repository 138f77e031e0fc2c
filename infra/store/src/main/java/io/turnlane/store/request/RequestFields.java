package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.StoredUsage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields that a new request record takes from its command, as arguments of the scripts that can create the record. The
 * arguments are the number of names and values, followed by each name and its value. The function
 * {@code create_request} in {@code common.lua} stores them together with the fields that every new record has, and
 * {@link RequestHash} reads them. To add a field, add it here and to {@code RequestHash}.
 */
public final class RequestFields {

    private final List<Object> arguments = new ArrayList<>(List.of(0));

    private RequestFields() {}

    /**
     * Returns the fields of a question.
     *
     * @param eventsFrom offset in the events partition at which the events of the request start; null if unknown
     * @param redriveOf quarantined request that this one asks again; null for an ordinary question
     * @param claim Redis key of the idempotency claim; null if there is none
     */
    public static List<Object> ofQuestion(
            String question, @Nullable Long eventsFrom, @Nullable RequestId redriveOf, @Nullable String claim) {
        return new RequestFields()
                .with("question", question)
                .with("events_from", eventsFrom)
                .with("redrive_of", redriveOf)
                .with("claim", claim)
                .arguments;
    }

    /** Returns the fields of a question that was read from the log. The log does not contain idempotency claims. */
    public static List<Object> ofQuestion(Ask ask, @Nullable Long eventsFrom) {
        return new RequestFields()
                .with("question", ask.question())
                .with("events_from", eventsFrom)
                .with("redrive_of", ask.redriveOf())
                .with("route", ask.route())
                .arguments;
    }

    /**
     * Returns the fields of a question that was read from the log and has ended.
     *
     * @param usage usage of all attempts
     */
    public static List<Object> ofEndedQuestion(Ask ask, Usage usage) {
        return new RequestFields()
                .with("question", ask.question())
                .with("redrive_of", ask.redriveOf())
                .with(MemoryKeys.USAGE, usage.equals(Usage.NONE) ? null : StoredUsage.of(usage))
                .arguments;
    }

    /**
     * Returns the fields of a command.
     *
     * @param type type of the command; null for a question that cannot be read
     */
    public static List<Object> ofCommand(@Nullable String type) {
        return new RequestFields().with("question", type == null ? "" : null).with("type", type).arguments;
    }

    /** Returns the fields of a command that occupies memory until it is done. */
    static List<Object> ofCommand(String type, long bytes) {
        return new RequestFields().with("type", type).with("bytes", bytes).arguments;
    }

    /**
     * Returns the fields of a fork in the session that it creates.
     *
     * @param forked forked turn: source session and request id
     */
    static List<Object> ofFork(String type, String forked) {
        return new RequestFields().with("type", type).with("fork_of", forked).arguments;
    }

    private RequestFields with(String name, @Nullable Object value) {
        if (value != null) {
            arguments.add(name);
            arguments.add(value);
            arguments.set(0, arguments.size() - 1);
        }
        return this;
    }
}
