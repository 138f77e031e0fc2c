package io.turnlane.chaos.check.facts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Requests of one session in the log. */
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

    /** Returns the requests in log order. */
    public List<RequestFacts> requests() {
        return logged;
    }

    /**
     * Returns the completed turns before this offset, in log order. If the session was deleted before this offset,
     * omits the turns before its last deletion. Memory must contain the last of the returned turns after all records
     * before this offset have been processed.
     */
    public List<RequestFacts> completedBefore(long offset) {
        long deletion = deletions.stream()
                .filter(at -> at < offset)
                .mapToLong(Long::longValue)
                .max()
                .orElse(-1);
        return completed.subList(indexFrom(deletion), indexFrom(offset));
    }

    private int indexFrom(long offset) {
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
