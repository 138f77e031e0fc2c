package io.turnlane.gateway.turns.sessions;

import io.turnlane.model.SessionKey;
import io.turnlane.store.DamagedRecordException;
import io.turnlane.store.session.SessionContext;
import io.turnlane.store.session.SessionList;
import io.turnlane.store.session.SessionList.ListedSession;
import io.turnlane.store.session.SessionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Pages of a user's sessions. While this class reads the list, it removes entries of sessions that no longer exist. */
@Component
record SessionPages(SessionList list, SessionStore store) {

    /**
     * Maximum number of reads of the list for one page. It bounds the cost if many sessions in the list no longer
     * exist.
     */
    private static final int MAX_READS = 5;

    /** @param next cursor of the next page; null on the last page */
    record SessionPage(
            List<SessionContext> sessions, @Nullable SessionCursor next) {}

    SessionPage page(String namespace, @Nullable SessionCursor after, int limit) {
        List<SessionContext> existing = new ArrayList<>();
        ListedSession last = after == null ? null : after.last();
        for (int read = 0; read < MAX_READS && existing.size() < limit; read++) {
            int wanted = limit - existing.size();
            List<ListedSession> entries = list.read(namespace, last, wanted);
            for (ListedSession entry : entries) {
                find(namespace, entry).ifPresent(existing::add);
                last = entry;
            }
            if (entries.size() < wanted) {
                return new SessionPage(existing, null);
            }
        }
        return new SessionPage(existing, last == null ? null : new SessionCursor(last));
    }

    private Optional<SessionContext> find(String namespace, ListedSession entry) {
        try {
            SessionKey session = new SessionKey(namespace, entry.sessionId());
            Optional<SessionContext> context = store.context(session);
            // If a session was just deleted but has waiting questions, the first of them creates it again.
            if (context.isEmpty() && !store.hasOpenRequests(session)) {
                list.remove(namespace, entry);
            }
            return context;
        } catch (DamagedRecordException damaged) {
            // The store has logged the damaged session. The page still contains the other sessions.
            return Optional.empty();
        }
    }
}
