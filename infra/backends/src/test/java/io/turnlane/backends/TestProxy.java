package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * TCP proxy to a server. Its connections can stall: nothing is forwarded and nothing is closed, as behind a firewall
 * that dropped its state. New connections can go to another server, as after a failover, while the old ones stay.
 */
public final class TestProxy implements AutoCloseable {

    private final URI server;
    private volatile int port;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> stalled = ConcurrentHashMap.newKeySet();

    public TestProxy(URI server) {
        this.server = server;
        this.port = server.getPort();
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Returns the address of the server through this proxy. */
    public String address() {
        return server.toString().replace(":" + server.getPort(), ":" + listener.getLocalPort());
    }

    /** Stalls all current connections. */
    public void stallConnections() {
        stalled.addAll(sockets);
    }

    /** Directs new connections to another port of the same host. */
    public void redirectTo(int port) {
        this.port = port;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket upstream = new Socket(server.getHost(), port);
                sockets.add(client);
                sockets.add(upstream);
                Thread.ofVirtual().start(() -> forward(client, upstream));
                Thread.ofVirtual().start(() -> forward(upstream, client));
            } catch (IOException e) {
                // The connection failed, or the proxy was closed; the client notices.
            }
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] bytes = new byte[8192];
        try {
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                if (!stalled.contains(from)) {
                    to.getOutputStream().write(bytes, 0, n);
                }
            }
        } catch (IOException e) {
            // One of the ends closed the connection.
        } finally {
            if (!stalled.contains(from)) {
                closeSocket(from);
                closeSocket(to);
            }
        }
    }

    private static void closeSocket(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(TestProxy::closeSocket);
    }
}
