package io.turnlane.gateway.sessions;

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

/** Sessions as their controllers need them: there, or refused. */
@Component
final class SessionService {

    private static final String FORKING = "forking";

    private final SessionStore memory;
    private final RequestRecords requests;
    private final SessionList list;

    SessionService(SessionStore memory, RequestRecords requests, SessionList list) {
        this.memory = memory;
        this.requests = requests;
        this.list = list;
    }

    SessionContext find(SessionKey session) {
        return memory.context(session).orElseThrow(() -> ProblemDetailException.notFound("session"));
    }

    /** One that no fork is making at the moment. */
    SessionContext findReady(SessionKey session) {
        SessionContext context = find(session);
        if (context.processingStage().equals(FORKING)) {
            throw new ProblemDetailException(ErrorCode.SESSION_BUSY, "a fork makes this session at the moment");
        }
        return context;
    }

    /** Its context and history, of one moment. */
    SessionSnapshot snapshot(SessionKey session) {
        findReady(session);
        return memory.snapshot(session).orElseThrow(() -> ProblemDetailException.notFound("session"));
    }

    /** Makes its context where there is none, before its lane takes the command. */
    void create(ImportSession command) {
        memory.create(command.key(), asNew(command));
        list(command.key(), command.createdAt());
    }

    /** The session can be read at once, though what it remembers is still to come. */
    void createIfMissing(ImportSession command) {
        SessionKey session = command.key();
        memory.context(session).ifPresentOrElse(_ -> findReady(session), () -> create(command));
    }

    private static NewSession asNew(ImportSession command) {
        return new NewSession(
                command.userId(),
                command.state().agent(),
                command.state().metadata(),
                command.state().ttl(),
                command.createdAt());
    }

    void list(SessionKey session, Instant at) {
        list.recordActivity(session, at);
    }

    /** A turn that the session remembers, or is about to: a copy of it then comes after the turn. */
    void requireTurn(SessionKey session, RequestId turn) {
        boolean open = requests.find(session, turn)
                .filter(request -> request.type() == null)
                .map(RequestRecord::ended)
                .map(ended -> !ended)
                .orElse(false);
        boolean remembered = open
                || memory.history(session).stream()
                        .flatMap(history -> history.turns().stream())
                        .anyMatch(past -> past.requestId().equals(turn));
        if (!remembered) {
            throw ProblemDetailException.notFound("turn in this session's memory");
        }
    }
}
