package io.turnlane.chaos.check.facts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** A session's requests as the log has them. */
public final class SessionFacts {

    private final String name;
    private final List<RequestFacts> logged = new ArrayList<>();
    private final List<RequestFacts> completed = new ArrayList<>();
    private final List<Long> deletions = new ArrayList<>();

    SessionFacts(String name) {
        this.name = name;
    }

    void logged(RequestFacts request) {
        logged.add(request);
    }

    void deleted(long offset) {
        deletions.add(offset);
    }

    void sort() {
        logged.sort(Comparator.comparingLong(SessionFacts::offset));
        logged.stream()
                .filter(request -> request.end() != null && request.end().completed())
                .forEach(completed::add);
    }

    public String name() {
        return name;
    }

    /** In the order of the log. */
    public List<RequestFacts> requests() {
        return logged;
    }

    /** The completed turns that a memory of the session holds when the log has been worked off up to this offset. */
    public List<RequestFacts> completedBefore(long offset) {
        long erased = deletions.stream()
                .filter(at -> at < offset)
                .mapToLong(Long::longValue)
                .max()
                .orElse(-1);
        return completed.subList(firstFrom(erased), firstFrom(offset));
    }

    /** The index of the first completed turn at this offset or after it. */
    private int firstFrom(long offset) {
        int low = 0;
        int high = completed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offset(completed.get(middle)) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long offset(RequestFacts request) {
        return Objects.requireNonNull(request.logged()).offset();
    }
}
