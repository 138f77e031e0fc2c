package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The open {@linkplain EndWatch watches} of this gateway, by request.
 *
 * <p>Threading: any thread adds and removes watches, and the follower looks them up.
 */
final class EndWatches {

    private final ConcurrentHashMap<RequestId, List<EndWatch>> watches = new ConcurrentHashMap<>();

    void add(EndWatch watch) {
        watches.merge(
                watch.request(),
                List.of(watch),
                (present, added) ->
                        Stream.concat(present.stream(), added.stream()).toList());
    }

    void remove(EndWatch watch) {
        watches.computeIfPresent(watch.request(), (_, present) -> {
            List<EndWatch> rest = present.stream().filter(w -> w != watch).toList();
            return rest.isEmpty() ? null : rest;
        });
    }

    boolean isEmpty() {
        return watches.isEmpty();
    }

    /** Ends the watches for the request of this terminal event. */
    void end(String sessionKey, LoggedEvent terminal) {
        for (EndWatch watch : watches.getOrDefault(terminal.requestId(), List.of())) {
            if (watch.isOf(sessionKey)) {
                watch.end(terminal);
            }
        }
    }

    void stopIf(Predicate<EndWatch> selected) {
        watches.values().forEach(all -> all.stream().filter(selected).forEach(EndWatch::stop));
    }
}
