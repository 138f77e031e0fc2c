package io.turnlane.gateway.operations.listing;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionKey;
import io.turnlane.store.KeyScan;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.request.RequestOverview;
import io.turnlane.store.request.RequestOverviews;
import io.turnlane.store.session.SessionList;
import io.turnlane.store.session.SessionList.ListedSession;
import io.turnlane.store.session.SessionOverview;
import io.turnlane.store.session.SessionOverviews;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;

/**
 * Searches the sessions and requests of all users. The sessions of one user come from the user's session list.
 * Otherwise, the keys of Redis are scanned, for a limited time.
 *
 * <p>Methods throw a {@link DataAccessException} if Redis is unavailable. Safe for use by any number of threads.
 */
public final class Listings {

    /** Maximum duration of a search. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(8);

    /** Maximum number of concurrent searches of this gateway. */
    private static final int MAX_SEARCHES = 2;

    private static final int GROUP = 200;

    private final KeyScan scan;
    private final SessionList list;
    private final SessionOverviews sessions;
    private final RequestOverviews requests;
    private final Semaphore searches = new Semaphore(MAX_SEARCHES);

    public Listings(KeyScan scan, SessionList list, SessionOverviews sessions, RequestOverviews requests) {
        this.scan = scan;
        this.list = list;
        this.sessions = sessions;
        this.requests = requests;
    }

    /**
     * Result of a search.
     *
     * @param elements selected elements, newest first
     * @param complete false if the time limit ended the search
     */
    record Listing<T>(List<T> elements, boolean complete) {}

    /** Returns the selected sessions, the most recently active ones first. */
    Listing<SessionOverview> sessions(Selection selection, int limit) {
        Newest<SessionOverview> newest =
                new Newest<>(SessionOverview::lastActivity, one -> one.session().toString(), limit);
        boolean complete = search(
                selection,
                MemoryKeys.contextPattern(selection.session()),
                group ->
                        sessions.read(group).stream().filter(selection::selects).forEach(newest::add));
        return new Listing<>(newest.toList(), complete);
    }

    /** Returns the selected requests, newest first. */
    Listing<RequestOverview> requests(Selection selection, int limit) {
        Newest<RequestOverview> newest =
                new Newest<>(RequestOverview::createdAt, one -> one.requestId().toString(), limit);
        boolean complete = search(
                selection,
                MemoryKeys.requestIdsPattern(selection.session()),
                group -> requests.read(group, selection.from(), selection.to()).stream()
                        .filter(selection::selects)
                        .forEach(newest::add));
        return new Listing<>(newest.toList(), complete);
    }

    private boolean search(Selection selection, String pattern, Consumer<List<SessionKey>> visitor) {
        if (!searches.tryAcquire()) {
            throw ProblemDetailException.retryLater(
                    ErrorCode.OVERLOADED,
                    "This gateway already runs " + MAX_SEARCHES + " searches of this kind. Retry when one has ended.",
                    Duration.ofSeconds(2));
        }
        try {
            long deadline = System.nanoTime() + TIME_LIMIT.toNanos();
            Predicate<List<SessionKey>> untilDeadline = group -> {
                visitor.accept(group);
                return System.nanoTime() - deadline < 0;
            };
            SessionKey only = selection.onlySession();
            if (only != null) {
                visitor.accept(List.of(only));
                return true;
            }
            return selection.user() == null
                    ? scan.forEach(pattern, untilDeadline)
                    : ofUser(SessionKey.namespaceOf(selection.user()), untilDeadline);
        } finally {
            searches.release();
        }
    }

    private boolean ofUser(String namespace, Predicate<List<SessionKey>> visitor) {
        ListedSession last = null;
        while (true) {
            List<ListedSession> group = list.read(namespace, last, GROUP);
            if (group.isEmpty()) {
                return true;
            }
            if (!visitor.test(group.stream()
                    .map(one -> new SessionKey(namespace, one.sessionId()))
                    .toList())) {
                return false;
            }
            last = group.getLast();
        }
    }
}
