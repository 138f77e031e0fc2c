package io.turnlane.gateway.turns.sessions;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.guard.limits.UserTurns;
import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.store.request.CommandRecords;
import io.turnlane.store.request.CommandRecords.CommandCreated;
import io.turnlane.store.request.CommandRecords.TooLarge;
import io.turnlane.store.request.CommandRecords.TooManyOpen;
import io.turnlane.store.session.SessionContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Publishes commands that change a session. The session's lane executes them after the turns that are already queued.
 * Like questions, commands count towards the limits of their session and user. Their bytes are limited as well.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
record SessionCommands(
        TurnPublisher publisher,
        EventStreams streams,
        CommandRecords records,
        UserTurns turns,
        RateLimits rates,
        WireFormat wire) {

    private static final Logger LOG = LoggerFactory.getLogger(SessionCommands.class);

    /**
     * Number by which deletions may exceed the limits of open turns. A user must be able to delete data even if other
     * turns have reached or exceeded a limit.
     */
    private static final int EXTRA_DELETIONS = 20;

    /**
     * Creates the request record of a command and publishes the command.
     *
     * @throws ProblemDetailException if a limit of the session or of the user is reached, or if Kafka rejected or did
     *     not acknowledge the command. In the last case, the record is kept and the problem contains the request id
     * @throws EventsUnavailableException if the gateway has never reached the events topic; nothing is then stored
     */
    void submit(SessionCommand command, @Nullable String traceparent) {
        submit(command, traceparent, () -> {});
    }

    /**
     * Same as {@link #submit(SessionCommand, String)}, with a task that runs before the command is published.
     *
     * @param preparation task that runs if no limit rejects the command
     */
    void submit(SessionCommand command, @Nullable String traceparent, Runnable preparation) {
        long eventsFrom = streams.position(command.key());
        List<SessionKey> removable = List.of(command.key());
        long bytes;
        try {
            bytes = admit(command, 0);
        } catch (DataAccessException e) { // Redis may have created the record, for example if only its reply was lost
            remove(command, command.key(), false);
            throw e;
        }
        try {
            preparation.run();
        } catch (RuntimeException e) {
            remove(command, bytes, removable, false);
            throw e;
        }
        send(command, eventsFrom, bytes, traceparent, removable);
    }

    /**
     * Counts the command and creates its record.
     *
     * @param copied bytes of the history that a fork copies; otherwise 0
     * @return bytes that the command occupies until it is done; 0 for a deletion
     */
    private long admit(SessionCommand command, long copied) {
        boolean deletes = command instanceof DeleteSession;
        long bytes = deletes ? 0 : wire.write(command).length + copied;
        int extra = deletes ? EXTRA_DELETIONS : 0;
        turns.reserveCommand(command.userId(), command.key(), command.requestId(), bytes, extra);
        try {
            check(records.create(command, bytes, extra));
            return bytes;
        } catch (RuntimeException e) {
            turns.releaseCommand(command.userId(), command.key(), command.requestId(), bytes);
            throw e;
        }
    }

    private static void check(CommandRecords.CreateResult created) {
        switch (created) {
            case CommandCreated _ -> {}
            case TooManyOpen full ->
                throw full(
                        "This session already has " + full.open() + " open turns and commands, which is the maximum.");
            case TooLarge large ->
                throw full("The open imports and forks of this session already have " + large.bytes()
                        + " bytes, and this command would exceed the maximum of " + large.maxBytes() + " bytes.");
        }
    }

    private static ProblemDetailException full(String detail) {
        return new ProblemDetailException(ErrorCode.SESSION_QUEUE_FULL, detail + " Retry when one of them has ended.");
    }

    /**
     * Creates the request records of a fork in the source and in the target session, and publishes the fork. If an
     * earlier fork of the same turn into the same session is not complete yet, publishes the earlier fork again,
     * because its first publication may have failed. Lanes discard duplicates by their request id.
     *
     * @param copied size of the source session's history in bytes, which the fork copies at most
     * @return the published fork: the given fork, or the earlier fork that it repeats
     * @throws ProblemDetailException if the target session exists, if a limit of open turns and commands is reached, or
     *     if Kafka rejected the fork or did not acknowledge it
     * @throws EventsUnavailableException if the gateway has never reached the events topic; nothing is then stored
     */
    ForkSession submit(ForkSession fork, SessionContext source, long copied, @Nullable String traceparent) {
        long eventsFrom = streams.position(fork.key());
        SessionKey target = new SessionKey(fork.key().namespace(), fork.into());
        ForkSession first = records.reserve(fork, target, source.agent(), Duration.ofSeconds(source.ttlSeconds()))
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.SESSION_EXISTS, "A session with this id already exists. Choose another id."));
        // An earlier fork may already have been published, so its records must never be removed.
        List<SessionKey> removable =
                first.requestId().equals(fork.requestId()) ? List.of(fork.key(), target) : List.of();
        long bytes;
        try {
            bytes = admit(first, copied);
        } catch (RuntimeException e) {
            removable.forEach(session -> remove(first, session, false));
            throw e;
        }
        send(first, eventsFrom, bytes, traceparent, removable);
        return first;
    }

    private void send(
            SessionCommand command,
            long eventsFrom,
            long bytes,
            @Nullable String traceparent,
            List<SessionKey> removable) {
        try {
            publisher.publish(command, eventsFrom, traceparent);
        } catch (NotPublishedException e) {
            remove(command, bytes, removable, !e.isRejected());
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE, detail(e), e.isRejected() ? null : command.requestId(), e.getCause());
        } catch (RuntimeException e) {
            remove(command, bytes, removable, true);
            throw e;
        }
        charge(command, bytes);
    }

    private void charge(SessionCommand command, long bytes) {
        try {
            rates.chargeForBytes(new Caller(command.userId()), bytes);
        } catch (DataAccessException unavailable) {
            LOG.debug("bytes of a command not counted: {}", unavailable.toString());
        }
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "Kafka did not accept the command. Retry later."
                : "Kafka did not acknowledge the command in time, but it may still be executed. Read its request "
                        + "before you retry.";
    }

    private void remove(SessionCommand command, long bytes, List<SessionKey> sessions, boolean unsure) {
        sessions.forEach(session -> remove(command, session, unsure));
        if (!sessions.isEmpty()) {
            turns.releaseCommand(command.userId(), command.key(), command.requestId(), bytes);
        }
    }

    private void remove(SessionCommand command, SessionKey session, boolean unsure) {
        try {
            records.remove(command.requestId(), session, unsure);
        } catch (DataAccessException unavailable) {
            LOG.atWarn()
                    .addKeyValue("request_id", command.requestId())
                    .addKeyValue("cause", unavailable.getMostSpecificCause().toString())
                    .log("an unpublished command counts as open until its record expires");
        }
    }
}
