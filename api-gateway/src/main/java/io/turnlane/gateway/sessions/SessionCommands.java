package io.turnlane.gateway.sessions;

import io.turnlane.gateway.ask.TurnPublisher;
import io.turnlane.gateway.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Commands that change a session's memory: they go through its lane, after what was asked before. */
@Component
final class SessionCommands {

    private static final Logger LOG = LoggerFactory.getLogger(SessionCommands.class);

    private final TurnPublisher publisher;
    private final EventStreams streams;
    private final CommandRecords records;

    SessionCommands(TurnPublisher publisher, EventStreams streams, CommandRecords records) {
        this.publisher = publisher;
        this.streams = streams;
        this.records = records;
    }

    /** Returns when the log has it. Nothing is noted of it: what it leaves is that its session is gone. */
    void publish(SessionCommand command, @Nullable String traceparent) {
        send(command, traceparent, List.of());
    }

    /** Returns when the log has it; from before then on its record can be read. */
    void submit(SessionCommand command, @Nullable String traceparent) {
        records.create(command, command.key());
        send(command, traceparent, List.of(command.key()));
    }

    /**
     * Submits a fork, whose record can be read in both sessions. The same fork again, while it is to be done, goes to
     * the log again: the first may not have come there, and lanes know a twin by its id.
     *
     * @param source as it stands
     * @return what was submitted: the fork, or the earlier one that it repeats
     * @throws ProblemDetailException where there is such a target
     */
    ForkSession submit(ForkSession fork, SessionContext source, @Nullable String traceparent) {
        SessionKey target = new SessionKey(fork.key().namespace(), fork.into());
        ForkSession first = records.reserve(fork, target, source.agent(), Duration.ofSeconds(source.ttlSeconds()))
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.SESSION_EXISTS, "there is a session of this id already; choose another"));
        // Of an earlier fork the log may have the first record: nothing that stands of it is taken back.
        List<SessionKey> undone = first.requestId().equals(fork.requestId()) ? List.of(fork.key(), target) : List.of();
        try {
            records.create(first, first.key());
        } catch (DataAccessException away) {
            undone.forEach(session -> forget(first, session));
            throw away;
        }
        send(first, traceparent, undone);
        return first;
    }

    private void send(SessionCommand command, @Nullable String traceparent, List<SessionKey> noted) {
        try {
            publisher.publish(command, streams.position(command.key()), traceparent);
        } catch (NotPublishedException e) {
            if (e.isRejected()) {
                noted.forEach(session -> forget(command, session));
            }
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE, detail(e), e.isRejected() ? null : command.requestId(), e.getCause());
        }
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "the log did not take the command"
                : "the log did not answer in time; it may have the command";
    }

    private void forget(SessionCommand command, SessionKey session) {
        try {
            records.remove(command.requestId(), session);
        } catch (DataAccessException away) {
            LOG.atWarn()
                    .setMessage("a command that the log refused stays noted until its record expires")
                    .addKeyValue("request_id", command.requestId())
                    .addKeyValue("cause", away.getMostSpecificCause().toString())
                    .log();
        }
    }
}
