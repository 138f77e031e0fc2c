package io.turnlane.gateway.limits;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * The streams, sockets and long waits of this gateway, by whom they belong to: no user has too many, through all
 * gateways together, or through each while Redis is away; and one whose credentials end is ended.
 *
 * <p>Threading: any thread opens and closes; one thread of its own looks after all that are open. A connection's
 * monitor guards its end: it is never ended after it was closed, for its thread may serve somebody else by then.
 */
public final class OpenConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

    /** A key that is revoked is known to be within milliseconds; connections follow within 2 s at most. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final int LOOKS_A_RENEWAL = (int) RedisConnectionReservations.LEASE.dividedBy(LOOK.multipliedBy(3));

    private final Predicate<Caller> stands;
    private final UserLimits rules;
    private final RedisConnectionReservations places;
    private final MeterRegistry metrics;
    private final Set<TrackedConnection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, Integer> ofUser = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param stands whether what let a caller in still would */
    public OpenConnections(
            Predicate<Caller> stands, UserLimits rules, RedisConnectionReservations places, MeterRegistry metrics) {
        this.stands = stands;
        this.rules = rules;
        this.places = places;
        this.metrics = metrics;
    }

    /** Starts to look after connections. */
    public void start() {
        Thread.ofPlatform().name("connection-watch").daemon().start(this::watch);
    }

    /**
     * Takes note of one; it is to be closed by whoever opened it.
     *
     * @param end ends it; called from another thread, at most once and never after {@link TrackedConnection#close}
     * @throws ProblemDetailException where this user has as many as may be
     */
    public TrackedConnection open(Caller caller, Runnable end) {
        TrackedConnection connection = new TrackedConnection(caller, end);
        if (connection.bounded) {
            enter(connection);
        }
        open.add(connection);
        return connection;
    }

    private void enter(TrackedConnection connection) {
        boolean room = ofUser.merge(connection.namespace, 1, Integer::sum) <= rules.connections();
        if (!room || !placeFound(connection)) {
            forget(connection.namespace);
            LimitMetrics.count(metrics, "connections");
            throw new ProblemDetailException(
                    ErrorCode.RATE_LIMITED,
                    "you have " + rules.connections() + " streams, sockets and waits open already");
        }
    }

    private boolean placeFound(TrackedConnection connection) {
        try {
            return places.reserve(connection.namespace, connection.id, rules.connections());
        } catch (DataAccessException away) {
            // Those of this gateway are counted all the same.
            return true;
        }
    }

    private void forget(String namespace) {
        ofUser.computeIfPresent(namespace, (_, count) -> count == 1 ? null : count - 1);
    }

    private void watch() {
        try {
            for (int looks = 1; !stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS); looks++) {
                look();
                if (looks % LOOKS_A_RENEWAL == 0) {
                    renew();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends those whose credentials have ended. */
    private void look() {
        for (TrackedConnection connection : open) {
            if (!stands.test(connection.caller) && connection.end()) {
                LOG.atInfo()
                        .setMessage("connection ended with its credentials")
                        .addKeyValue("key", connection.caller.keyId())
                        .log();
            }
        }
    }

    /** Those that are open live on. */
    void renew() {
        List<TrackedConnection> bounded =
                open.stream().filter(one -> one.bounded).toList();
        try {
            bounded.stream()
                    .collect(groupingBy(one -> one.namespace, mapping(one -> one.id, toList())))
                    .forEach(places::renew);
            // One that was closed meanwhile may have given its place back before it was renewed.
            bounded.stream().filter(one -> !open.contains(one)).forEach(TrackedConnection::giveBack);
        } catch (DataAccessException away) {
            LOG.debug("places not renewed: {}", away.toString());
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }

    /** One that is open. */
    public final class TrackedConnection implements AutoCloseable {

        private final Caller caller;
        private final String namespace;
        private final boolean bounded;
        private final String id = UUID.randomUUID().toString();
        private final Runnable end;
        private boolean over;

        private TrackedConnection(Caller caller, Runnable end) {
            this.caller = caller;
            this.namespace = caller.namespace();
            this.bounded = rules.connections() > 0 && rules.appliesTo(caller);
            this.end = end;
        }

        /** False where it was over before. */
        private synchronized boolean end() {
            boolean first = !over;
            if (first) {
                over = true;
                end.run();
            }
            return first;
        }

        /** It is over. */
        @Override
        public void close() {
            synchronized (this) {
                over = true;
            }
            if (open.remove(this) && bounded) {
                forget(namespace);
                giveBack();
            }
        }

        private void giveBack() {
            try {
                places.release(namespace, id);
            } catch (DataAccessException away) {
                LOG.debug("place free when its lease ends: {}", away.toString());
            }
        }
    }
}
