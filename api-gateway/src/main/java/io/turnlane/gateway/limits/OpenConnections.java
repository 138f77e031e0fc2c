package io.turnlane.gateway.limits;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams, sockets and long waits of this gateway, by whom they belong to: no user has too many, and one whose
 * credentials end is ended.
 *
 * <p>Threading: any thread opens and closes; one thread of its own looks after all that are open. A connection's
 * monitor guards its end: it is never ended after it was closed, for its thread may serve somebody else by then.
 */
public final class OpenConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

    /** A key that is revoked is known to be within milliseconds; connections follow within 2 s at most. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Predicate<Caller> stands;
    private final int mostOfUser;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, Integer> ofUser = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param stands whether what let a caller in still would
     * @param mostOfUser connections that one user may have here; 0: as many as they like
     */
    public OpenConnections(Predicate<Caller> stands, int mostOfUser) {
        this.stands = stands;
        this.mostOfUser = mostOfUser;
    }

    /** Starts to look after connections. */
    public void start() {
        Thread.ofPlatform().name("connection-watch").daemon().start(this::watch);
    }

    /**
     * Takes note of one; it is to be closed by whoever opened it.
     *
     * @param end ends it; called from another thread, at most once and never after {@link Connection#close}
     * @throws Refusal where this user has as many as may be
     */
    public Connection open(Caller caller, Runnable end) {
        Connection connection = new Connection(caller, end);
        String user = caller.userId();
        if (user != null && ofUser.merge(user, 1, Integer::sum) > mostOfUser && mostOfUser > 0) {
            forget(user);
            throw new Refusal(ErrorCode.RATE_LIMITED, "you have " + mostOfUser + " streams and sockets open already");
        }
        open.add(connection);
        return connection;
    }

    private void forget(String user) {
        ofUser.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
    }

    /** How many are open. */
    public int size() {
        return open.size();
    }

    private void watch() {
        try {
            while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends those whose credentials have ended. */
    void look() {
        for (Connection connection : open) {
            if (!stands.test(connection.caller)) {
                LOG.atInfo()
                        .setMessage("connection ended with its credentials")
                        .addKeyValue("key", connection.caller.keyId())
                        .log();
                connection.end();
            }
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }

    /** One that is open. */
    public final class Connection implements AutoCloseable {

        private final Caller caller;
        private final Runnable end;
        private boolean over;

        private Connection(Caller caller, Runnable end) {
            this.caller = caller;
            this.end = end;
        }

        private synchronized void end() {
            if (!over) {
                over = true;
                end.run();
            }
        }

        /** It is over. */
        @Override
        public void close() {
            synchronized (this) {
                over = true;
            }
            String user = caller.userId();
            if (open.remove(this) && user != null) {
                forget(user);
            }
        }
    }
}
