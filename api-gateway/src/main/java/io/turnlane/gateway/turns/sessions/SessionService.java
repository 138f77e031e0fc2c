package io.turnlane.gateway.turns.sessions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.session.SessionContext;
import io.turnlane.store.session.SessionList;
import io.turnlane.store.session.SessionStore;
import io.turnlane.store.session.SessionStore.NewSession;
import io.turnlane.store.session.SessionStore.SessionHistory;
import io.turnlane.store.session.SessionStore.SessionSnapshot;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Session operations of the controllers. Methods throw {@link ProblemDetailException} if a session does not exist. */
@Component
final class SessionService {

    private static final String FORKING = "forking";

    private final SessionStore store;
    private final RequestRecords requests;
    private final LostRecords lost;
    private final SessionList list;
    private final WireFormat wire;
    private final Counter created;

    SessionService(
            SessionStore store,
            RequestRecords requests,
            LostRecords lost,
            SessionList list,
            WireFormat wire,
            MeterRegistry metrics) {
        this.created = Counter.builder("turnlane.new.sessions")
                .description("Sessions created, by the way of their creation")
                .tag("by", "client")
                .register(metrics);
        this.store = store;
        this.requests = requests;
        this.lost = lost;
        this.list = list;
        this.wire = wire;
    }

    SessionContext find(SessionKey session) {
        return store.context(session).orElseThrow(() -> lost.session(session));
    }

    /**
     * Throws an exception if the session does not exist. A session that Redis has lost counts as existing, so that it
     * can be deleted.
     */
    void requireDeletable(SessionKey session) {
        if (!lost.isLost(session)) {
            find(session);
        }
    }

    /** Returns the context of a session. Throws an exception if a fork is still creating the session. */
    SessionContext findReady(SessionKey session) {
        return requireReady(find(session));
    }

    private static SessionContext requireReady(SessionContext context) {
        if (context.processingStage().equals(FORKING)) {
            throw new ProblemDetailException(
                    ErrorCode.SESSION_BUSY, "A fork is still creating this session. Retry when it is done.");
        }
        return context;
    }

    SessionSnapshot snapshot(SessionKey session) {
        findReady(session);
        return store.snapshot(session).orElseThrow(() -> lost.session(session));
    }

    SessionHistory history(SessionKey session) {
        return store.history(session).orElseThrow(() -> lost.session(session));
    }

    /** Creates the session's context if it does not exist, and adds the session to its user's list. */
    void create(ImportSession command) {
        store.create(command.key(), asNew(command));
        addToList(command.key(), command.createdAt());
        created.increment();
    }

    void requireNotForking(SessionKey session) {
        store.context(session).ifPresent(SessionService::requireReady);
    }

    /**
     * Creates the session if it does not exist, so that clients can read the session before its lane has executed the
     * command.
     */
    void createIfMissing(ImportSession command) {
        if (store.context(command.key()).isEmpty()) {
            create(command);
        }
    }

    private static NewSession asNew(ImportSession command) {
        return new NewSession(
                command.userId(),
                command.state().agent(),
                command.state().metadata(),
                command.state().ttl(),
                command.createdAt());
    }

    void addToList(SessionKey session, Instant at) {
        list.recordActivity(session, at);
    }

    /**
     * Checks that a fork can copy the session up to this turn: the turn must be in the session's history or still open.
     * A fork up to an open turn waits until that turn has ended.
     *
     * @return size of the history as JSON, in bytes
     */
    long requireTurn(SessionKey session, RequestId turn) {
        boolean open = requests.find(session, turn)
                .filter(request -> request.type() == null)
                .map(RequestRecord::ended)
                .map(ended -> !ended)
                .orElse(false);
        List<PastTurn> turns = store.history(session).map(SessionHistory::turns).orElse(List.of());
        if (!open && turns.stream().noneMatch(past -> past.requestId().equals(turn))) {
            throw ProblemDetailException.notFound("turn in this session's memory");
        }
        return wire.writeValue(turns).length;
    }
}
