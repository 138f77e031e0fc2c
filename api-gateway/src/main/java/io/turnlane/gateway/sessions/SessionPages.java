package io.turnlane.gateway.sessions;

import io.turnlane.gateway.directory.SessionList;
import io.turnlane.gateway.directory.SessionList.ListedSession;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Pages of a user's sessions. Entries of sessions that are gone leave the list as they are met. */
@Component
final class SessionPages {

    /** Looks at the list for one page, however many of its entries are gone. */
    private static final int MOST_LOOKS = 5;

    private final SessionList list;
    private final SessionStore memory;

    SessionPages(SessionList list, SessionStore memory) {
        this.list = list;
        this.memory = memory;
    }

    /** @param next where the next page starts; null where nothing is left */
    record SessionPage(
            List<SessionContext> sessions, @Nullable SessionCursor next) {}

    SessionPage page(String namespace, @Nullable SessionCursor after, int limit) {
        List<SessionContext> living = new ArrayList<>();
        ListedSession last = after == null ? null : after.last();
        for (int look = 0; look < MOST_LOOKS && living.size() < limit; look++) {
            int wanted = limit - living.size();
            List<ListedSession> entries = list.read(namespace, last, wanted);
            for (ListedSession entry : entries) {
                find(namespace, entry).ifPresent(living::add);
                last = entry;
            }
            if (entries.size() < wanted) {
                return new SessionPage(living, null);
            }
        }
        return new SessionPage(living, last == null ? null : new SessionCursor(last));
    }

    private Optional<SessionContext> find(String namespace, ListedSession entry) {
        try {
            Optional<SessionContext> context = memory.context(new SessionKey(namespace, entry.sessionId()));
            if (context.isEmpty()) {
                list.remove(namespace, entry);
            }
            return context;
        } catch (ProblemDetailException damaged) {
            // Logged, and told to whoever asks for it by itself: the others are listed all the same.
            return Optional.empty();
        }
    }
}
