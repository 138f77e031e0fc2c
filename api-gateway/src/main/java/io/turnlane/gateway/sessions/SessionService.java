package io.turnlane.gateway.sessions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.directory.SessionList;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecord;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.sessions.SessionStore.NewSession;
import io.turnlane.gateway.sessions.SessionStore.SessionSnapshot;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Session operations of the controllers. Methods throw {@link ProblemDetailException} if a session does not exist. */
@Component
final class SessionService {

    private static final String FORKING = "forking";

    private final SessionStore store;
    private final RequestRecords requests;
    private final SessionList list;
    private final Counter created;

    SessionService(SessionStore store, RequestRecords requests, SessionList list, MeterRegistry metrics) {
        this.created = Counter.builder("turnlane.sessions.created")
                .description("Sessions created, by the way of their creation")
                .tag("by", "client")
                .register(metrics);
        this.store = store;
        this.requests = requests;
        this.list = list;
    }

    SessionContext find(SessionKey session) {
        return store.context(session).orElseThrow(() -> ProblemDetailException.notFound("session"));
    }

    /** Returns the context of a session. Throws an exception if a fork is still creating the session. */
    SessionContext findReady(SessionKey session) {
        SessionContext context = find(session);
        if (context.processingStage().equals(FORKING)) {
            throw new ProblemDetailException(
                    ErrorCode.SESSION_BUSY, "A fork is still creating this session. Retry when it is done.");
        }
        return context;
    }

    /** Returns context and history of a session. Throws an exception if a fork is still creating the session. */
    SessionSnapshot snapshot(SessionKey session) {
        findReady(session);
        return store.snapshot(session).orElseThrow(() -> ProblemDetailException.notFound("session"));
    }

    /** Creates the session's context if it does not exist, and adds the session to its user's list. */
    void create(ImportSession command) {
        store.create(command.key(), asNew(command));
        addToList(command.key(), command.createdAt());
        created.increment();
    }

    /**
     * Creates the session if it does not exist, so that clients can read the session before its lane has executed the
     * command. Throws an exception if a fork is still creating the session.
     */
    void createIfMissing(ImportSession command) {
        SessionKey session = command.key();
        store.context(session).ifPresentOrElse(_ -> findReady(session), () -> create(command));
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
     * Checks that a turn is in the session's history or still open. If the turn is still open, the session's lane
     * executes the fork after the turn has ended.
     */
    void requireTurn(SessionKey session, RequestId turn) {
        boolean open = requests.find(session, turn)
                .filter(request -> request.type() == null)
                .map(RequestRecord::ended)
                .map(ended -> !ended)
                .orElse(false);
        boolean remembered = open
                || store.history(session).stream()
                        .flatMap(history -> history.turns().stream())
                        .anyMatch(past -> past.requestId().equals(turn));
        if (!remembered) {
            throw ProblemDetailException.notFound("turn in this session's memory");
        }
    }
}
