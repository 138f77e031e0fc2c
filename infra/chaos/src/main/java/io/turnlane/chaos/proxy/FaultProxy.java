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
 * A TCP proxy on loopback in front of one server, whose {@link CableFault} can be switched at any time, by any thread.
 * Runs on virtual threads: one accepts, five belong to each connection.
 */
public final class FaultProxy implements AutoCloseable {

    /**
     * What a kind of fault hit.
     *
     * @param connections touched, once for each switching
     * @param bytes held up or dropped
     * @param cuts connections it broke
     */
    public record Hits(long connections, long bytes, long cuts) {}

    private final InetSocketAddress server;
    private final ServerSocket entrance;
    private final CableState state = new CableState();
    private final Set<ProxiedConnection> links = ConcurrentHashMap.newKeySet();

    /** Listens on this port of loopback; 0 for a free one. */
    public FaultProxy(int port, InetSocketAddress server) throws IOException {
        this.server = server;
        this.entrance = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy-" + entrance.getLocalPort()).start(this::accept);
    }

    /** Where clients come in. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** How the cable is now. */
    public CableFault fault() {
        return state.current().fault();
    }

    /** Makes the cable so, for open connections too. */
    public void set(CableFault fault) {
        state.set(fault);
        if (fault instanceof CableFault.Down) {
            links.forEach(link -> link.cut(fault));
        }
    }

    /** Nothing is wrong from now on. */
    public void heal() {
        set(new CableFault.Pass());
    }

    /** How many connections are open. */
    public int connections() {
        return links.size();
    }

    /** What each kind of fault hit since the start, by {@link CableFault#kind()}. */
    public Map<String, Hits> hits() {
        return state.hits();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                ProxiedConnection link = new ProxiedConnection(client, server, state, links::remove);
                links.add(link);
                link.start();
            } catch (IOException e) {
                // This connection is lost, or the proxy is closed: clients see which.
            }
        }
    }

    /** Takes no more connections and breaks the open ones. */
    @Override
    public void close() throws IOException {
        entrance.close();
        links.forEach(ProxiedConnection::close);
    }
}
