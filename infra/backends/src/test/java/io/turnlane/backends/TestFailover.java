package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/**
 * A Redis master behind a proxy, for tests of a failover. After the failover, the old master is a read-only replica and
 * keeps its connections, and new connections go to the shared Redis of the tests.
 */
public final class TestFailover implements AutoCloseable {

    private final EmbeddedTestBackends master = TestBackends.forFaults();
    private final URI successor = URI.create(TestBackends.shared().redisUrl());
    private final TestProxy proxy = new TestProxy(successor);

    public TestFailover() {
        send("ACL SETUSER default >" + successor.getUserInfo().substring(1)); // the same password as the successor's
        proxy.redirectTo(URI.create(master.redisUrl()).getPort());
    }

    /** Returns the URL at which clients reach the current master. */
    public String url() {
        return proxy.address();
    }

    /** Makes the master a replica. It answers, but rejects writes. */
    public void demote() {
        send("REPLICAOF 127.0.0.1 1");
    }

    /** Directs new connections to the new master. */
    public void promoteSuccessor() {
        proxy.redirectTo(successor.getPort());
    }

    private void send(String command) {
        try {
            String reply = RedisClient.of(master.redisUrl()).send(command);
            if (!reply.startsWith("+OK")) {
                throw new IllegalStateException(reply);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            proxy.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            send("REPLICAOF NO ONE");
        }
    }
}
