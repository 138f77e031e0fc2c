package io.turnlane.gateway.guard.limits;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.store.limit.RedisConnectionReservations;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Open streams, sockets and long waits of this gateway. Limits the number of connections that each user has at all
 * gateways together. If Redis is unavailable, limits the number at each gateway. Ends connections whose credentials
 * have expired or were revoked.
 *
 * <p>Threading: any thread opens and closes connections, and one dedicated thread checks the credentials of all open
 * connections. The monitor of a connection guards its state. The checking thread never ends a connection after
 * {@link TrackedConnection#close}, because its serving thread may then already serve another call.
 */
public final class OpenConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

    /** Time between two checks of all credentials. Connections whose key is revoked must end within 2 s. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    private static final Duration RENEWAL_INTERVAL = RedisConnectionReservations.LEASE.dividedBy(3);

    private final Predicate<Caller> isValid;
    private final UserLimits rules;
    private final RedisConnectionReservations reservations;
    private final MeterRegistry metrics;
    private final Set<TrackedConnection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, Integer> ofUser = new ConcurrentHashMap<>();
    private final SimpleAsyncTaskScheduler timer = new SimpleAsyncTaskScheduler();

    /** @param isValid returns true if the credentials of a caller are still valid */
    public OpenConnections(
            Predicate<Caller> isValid,
            UserLimits rules,
            RedisConnectionReservations reservations,
            MeterRegistry metrics) {
        this.isValid = isValid;
        this.rules = rules;
        this.reservations = reservations;
        this.metrics = metrics;
    }

    /** Starts the thread that checks the connections. */
    public void start() {
        timer.setThreadFactory(
                Thread.ofPlatform().name("connection-watch").daemon().factory());
        var _ = timer.scheduleWithFixedDelay(this::endInvalid, CHECK_INTERVAL);
        var _ = timer.scheduleWithFixedDelay(this::renew, RENEWAL_INTERVAL);
    }

    /**
     * Registers a connection. The caller must close it.
     *
     * @param end ends the connection; called by another thread, at most once and never after
     *     {@link TrackedConnection#close}
     * @throws ProblemDetailException with code {@code rate_limited} if the user has the maximum number of connections
     */
    public TrackedConnection open(Caller caller, Runnable end) {
        TrackedConnection connection = new TrackedConnection(caller, end);
        if (connection.bounded) {
            count(connection);
        }
        open.add(connection);
        return connection;
    }

    private void count(TrackedConnection connection) {
        boolean withinLimit = ofUser.merge(connection.namespace, 1, Integer::sum) <= rules.connections();
        if (!withinLimit || !reserved(connection)) {
            decrement(connection.namespace);
            LimitMetrics.count(metrics, "connections");
            throw new ProblemDetailException(
                    ErrorCode.RATE_LIMITED,
                    "You already have " + rules.connections()
                            + " streams, sockets and waits open, the maximum. Close one first.");
        }
    }

    private boolean reserved(TrackedConnection connection) {
        try {
            return reservations.reserve(connection.namespace, connection.id, rules.connections());
        } catch (DataAccessException away) {
            // Redis is unavailable, so only the limit at this gateway applies. It was checked before this call.
            return true;
        }
    }

    private void decrement(String namespace) {
        ofUser.computeIfPresent(namespace, (_, count) -> count == 1 ? null : count - 1);
    }

    private void endInvalid() {
        for (TrackedConnection connection : open) {
            if (!isValid.test(connection.caller) && connection.end()) {
                LOG.atInfo()
                        .addKeyValue("key", connection.caller.keyId())
                        .log("connection ended because its credentials are no longer valid");
            }
        }
    }

    void renew() {
        List<TrackedConnection> bounded =
                open.stream().filter(connection -> connection.bounded).toList();
        try {
            bounded.stream()
                    .collect(groupingBy(
                            connection -> connection.namespace, mapping(connection -> connection.id, toList())))
                    .forEach(reservations::renew);
            // If a connection was closed during this renewal, the renewal may have created its reservation again.
            bounded.stream().filter(connection -> !open.contains(connection)).forEach(TrackedConnection::release);
        } catch (DataAccessException away) {
            LOG.debug("connection leases not renewed: {}", away.toString());
        }
    }

    @Override
    public void close() {
        timer.close();
    }

    /** Open connection of a caller. */
    public final class TrackedConnection implements AutoCloseable {

        private final Caller caller;
        private final String namespace;
        private final boolean bounded;
        /** Id of the reservation in Redis; empty if the connection needs none. */
        private final String id;

        private final Runnable end;
        private boolean ended;

        private TrackedConnection(Caller caller, Runnable end) {
            this.caller = caller;
            this.namespace = caller.namespace();
            this.bounded = rules.connections() > 0 && rules.appliesTo(caller);
            this.id = bounded ? UUID.randomUUID().toString() : "";
            this.end = end;
        }

        /** Ends the connection. Returns false if the connection was already ended or closed. */
        private synchronized boolean end() {
            boolean first = !ended;
            if (first) {
                ended = true;
                end.run();
            }
            return first;
        }

        /** Stops counting this connection and checking its credentials. Does not end the connection itself. */
        @Override
        public void close() {
            synchronized (this) {
                ended = true;
            }
            if (open.remove(this) && bounded) {
                decrement(namespace);
                release();
            }
        }

        private void release() {
            try {
                reservations.release(namespace, id);
            } catch (DataAccessException away) {
                LOG.debug("connection reservation not released, expires with its lease: {}", away.toString());
            }
        }
    }
}
