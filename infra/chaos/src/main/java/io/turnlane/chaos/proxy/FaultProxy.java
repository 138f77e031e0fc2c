package io.turnlane.chaos.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * TCP proxy on the loopback address in front of one server. Any thread may change its {@link CableFault} at any time.
 * Runs on virtual threads: one accepts connections, and each connection has five.
 */
public final class FaultProxy implements AutoCloseable {

    private volatile InetSocketAddress server;
    private final ServerSocket listener;
    private final CableState state = new CableState();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();

    /** Creates a proxy that listens on this port of the loopback address; 0 for any free port. */
    public FaultProxy(int port, InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy-" + listener.getLocalPort()).start(this::accept);
    }

    /** Returns the port to which clients connect. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns the current state of the cable. */
    public CableFault fault() {
        return state.current().fault();
    }

    /** Connects new clients to this server. Open connections remain at the server to which they are connected. */
    public void redirectTo(InetSocketAddress other) {
        server = other;
    }

    /** Changes the state of the cable, also for open connections. */
    public void set(CableFault fault) {
        state.set(fault);
        if (fault instanceof CableFault.Down) {
            connections.forEach(connection -> connection.cut(fault));
        }
    }

    /** Ends the current fault. */
    public void heal() {
        set(new CableFault.Pass());
    }

    /** Returns the number of open connections. */
    public int connections() {
        return connections.size();
    }

    /** Returns the effects of each kind of fault since the proxy started. */
    public Map<Class<? extends CableFault>, Hits> hits() {
        return state.hits();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                ProxiedConnection connection = new ProxiedConnection(client, server, state, connections::remove);
                connections.add(connection);
                connection.start();
            } catch (IOException e) {
                // This connection failed, or the proxy was closed. In both cases only the clients need to notice.
            }
        }
    }

    /** Accepts no more connections and resets the open ones. */
    @Override
    public void close() throws IOException {
        listener.close();
        connections.forEach(ProxiedConnection::close);
    }
}
