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

/**
 * Publishes commands that change a session. The session's lane executes them after the turns that are already queued.
 *
 * <p>Safe for use by any number of threads.
 */
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

    /**
     * Creates the request record of a command and publishes the command.
     *
     * @throws ProblemDetailException if Kafka rejected the command, whose record is then removed; or if Kafka did not
     *     acknowledge the command, in which case its record is kept and the problem contains its request id
     */
    void submit(SessionCommand command, @Nullable String traceparent) {
        records.create(command, command.key());
        send(command, traceparent, List.of(command.key()));
    }

    /**
     * Creates the request records of a fork in the source and in the target session, and publishes the fork. If an
     * earlier fork of the same turn into the same session is not complete yet, publishes the earlier fork again,
     * because its first publication may have failed. Lanes discard duplicates by their request id.
     *
     * @param source context of the source session
     * @return the published fork: the given fork, or the earlier fork that it repeats
     * @throws ProblemDetailException if the target session exists, or if Kafka rejected the fork or did not acknowledge
     *     it
     */
    ForkSession submit(ForkSession fork, SessionContext source, @Nullable String traceparent) {
        SessionKey target = new SessionKey(fork.key().namespace(), fork.into());
        ForkSession first = records.reserve(fork, target, source.agent(), Duration.ofSeconds(source.ttlSeconds()))
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.SESSION_EXISTS, "A session with this id already exists. Choose another id."));
        // An earlier fork may already have been published, so its records must never be removed.
        List<SessionKey> removable =
                first.requestId().equals(fork.requestId()) ? List.of(fork.key(), target) : List.of();
        try {
            records.create(first, first.key());
        } catch (DataAccessException unavailable) {
            removable.forEach(session -> remove(first, session));
            throw unavailable;
        }
        send(first, traceparent, removable);
        return first;
    }

    private void send(SessionCommand command, @Nullable String traceparent, List<SessionKey> removable) {
        try {
            publisher.publish(command, streams.position(command.key()), traceparent);
        } catch (NotPublishedException e) {
            if (e.isRejected()) {
                removable.forEach(session -> remove(command, session));
            }
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE, detail(e), e.isRejected() ? null : command.requestId(), e.getCause());
        }
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "Kafka did not accept the command. Retry later."
                : "Kafka did not acknowledge the command in time, but it may still be executed. Read its request "
                        + "before you retry.";
    }

    private void remove(SessionCommand command, SessionKey session) {
        try {
            records.remove(command.requestId(), session);
        } catch (DataAccessException unavailable) {
            LOG.atWarn()
                    .setMessage("record of a rejected command not removed, it remains until it expires")
                    .addKeyValue("request_id", command.requestId())
                    .addKeyValue("cause", unavailable.getMostSpecificCause().toString())
                    .log();
        }
    }
}
