package io.turnlane.store.memory;

import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins a flight in the heap, after the checks that end or delay it. Counts crashes and the attempt. */
final class InMemoryBegin {

    private final InMemorySession session;
    private final @Nullable InMemoryRequest known;
    private final BeginRequest beginning;
    private final FlightRef flight;
    private final Ask ask;
    private final MemoryLimits limits;
    private final long now;

    /** @param known the turn's request record; null if it is missing */
    InMemoryBegin(
            InMemorySession session,
            @Nullable InMemoryRequest known,
            BeginRequest beginning,
            MemoryLimits limits,
            long now) {
        this.session = session;
        this.known = known;
        this.beginning = beginning;
        this.flight = beginning.flight();
        this.ask = beginning.ask();
        this.limits = limits;
        this.now = now;
    }

    BeginResult run() {
        InMemoryRequest request = known == null ? InMemorySessionMemory.requestOf(ask) : known;
        boolean repeated = request.status == RequestStatus.RUNNING && request.isLatest(flight.flight());
        if (request.deadlineAt == null) {
            request.deadlineAt = InMemorySessionMemory.deadlineOf(ask, now);
        }
        if (!repeated) {
            BeginResult instead = insteadOfRunning(request);
            if (instead != null) {
                return instead;
            }
            startAttempt(request);
        }
        openSession();
        if (request.eventsFrom == null) {
            request.eventsFrom = beginning.eventsFrom();
        }
        session.add(request);
        if (session.issue != null && beginning.computedAttempt() == 0) {
            request.reportedIssue = session.issue;
        }
        Duration left = request.deadlineAt == null ? null : Duration.ofMillis(Math.max(1, request.deadlineAt - now));
        return new BeginResult.RunTurn(
                request.attempt,
                request.failures,
                left,
                new Memory(session.history, false),
                session.issue,
                session.states,
                List.copyOf(request.merged.values()),
                request.usage);
    }

    private @Nullable BeginResult insteadOfRunning(InMemoryRequest request) {
        boolean crashed = request.status == RequestStatus.RUNNING;
        int crashes = request.crashes + (crashed ? 1 : 0);
        TurnError error = error(request, crashes);
        if (error == null && beginning.agentWait() == null && isSuspect(crashes) && !beginning.soleSuspect()) {
            return new BeginResult.CrashSuspected(); // counts nothing
        }
        request.crashes = crashes;
        if (crashed) {
            request.blamed.add(String.valueOf(request.flight));
        }
        if (error != null) {
            session.add(request);
            request.flight = ""; // otherwise fail() could take this end for the outcome of an earlier flight
            request.fail(error);
            return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.FAILED, null));
        }
        return beginning.agentWait() == null ? null : waitForAgent(request);
    }

    private BeginResult waitForAgent(InMemoryRequest request) {
        boolean newly = request.noAgentSince == null;
        if (newly) {
            request.noAgentSince = now;
        }
        request.status = request.status == RequestStatus.RETRYING ? RequestStatus.RETRYING : RequestStatus.QUEUED;
        request.flight = "";
        request.leavingUntil = null;
        session.add(request);
        return new BeginResult.AgentElsewhere(request.attempt, newly);
    }

    private @Nullable TurnError error(InMemoryRequest request, int crashes) {
        if ((known == null && beginning.tooOld())
                || now - begunAt(request) > limits.life().toMillis()) {
            return MemoryErrors.EXPIRED;
        }
        if (crashes >= limits.crashes()) {
            return MemoryErrors.POISON;
        }
        if (request.deadlineAt != null && now >= request.deadlineAt) {
            return MemoryErrors.DEADLINE_EXCEEDED;
        }
        Duration agentWait = beginning.agentWait();
        long since = request.noAgentSince == null ? now : request.noAgentSince;
        return agentWait != null && now - since >= agentWait.toMillis() ? MemoryErrors.UNKNOWN_AGENT : null;
    }

    private long begunAt(InMemoryRequest request) {
        return request.begunAt == null
                ? now
                : request.begunAt + beginning.outage().toMillis();
    }

    private boolean isSuspect(int crashes) {
        return crashes > 0 && crashes >= limits.crashes() - 1;
    }

    private void startAttempt(InMemoryRequest request) {
        request.attempt = beginning.computedAttempt() == 0
                ? request.attempt + 1
                : Math.max(request.attempt, beginning.computedAttempt());
        request.status = RequestStatus.RUNNING;
        request.begunAt = begunAt(request);
        request.flight = flight.flight();
        request.fence = flight.fence();
        request.leavingUntil = null;
        request.noAgentSince = null;
    }

    private void openSession() {
        boolean lost = session.isMemoryLost();
        if (!session.hasContext) {
            session.createContext();
        }
        if (lost) {
            session.acceptLoss(); // the caller could not restore the data
        }
        session.fence = flight.fence();
        session.begun = true;
    }
}
