package io.turnlane.gateway.sessions;

import io.turnlane.gateway.directory.SessionList;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.gateway.requests.RequestRecord;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.sessions.SessionMemory.NewSession;
import io.turnlane.gateway.sessions.SessionMemory.Stored;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Sessions as their controllers need them: there, or refused. */
@Component
final class Sessions {

    private static final String FORKING = "forking";

    private final SessionMemory memory;
    private final RequestRecords requests;
    private final SessionList list;

    Sessions(SessionMemory memory, RequestRecords requests, SessionList list) {
        this.memory = memory;
        this.requests = requests;
        this.list = list;
    }

    SessionContext find(SessionKey session) {
        return memory.context(session).orElseThrow(() -> Refusal.notFound("session"));
    }

    /** One that no fork is making at the moment. */
    SessionContext settled(SessionKey session) {
        SessionContext context = find(session);
        if (context.processingStage().equals(FORKING)) {
            throw new Refusal(ErrorCode.SESSION_BUSY, "a fork makes this session at the moment");
        }
        return context;
    }

    /** Its context and history, of one moment. */
    Stored stored(SessionKey session) {
        settled(session);
        return memory.stored(session).orElseThrow(() -> Refusal.notFound("session"));
    }

    /** Makes its context where there is none, before its lane takes the command. */
    void make(ImportSession command) {
        memory.create(command.key(), asNew(command));
        list(command.key(), command.createdAt());
    }

    /** The session can be read at once, though what it remembers is still to come. */
    void present(ImportSession command) {
        SessionKey session = command.key();
        memory.context(session).ifPresentOrElse(_ -> settled(session), () -> make(command));
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
        list.note(session, at);
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
            throw Refusal.notFound("turn in this session's memory");
        }
    }
}
