package io.turnlane.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way to a server, on which connections can lose their other end without a word: nothing is carried and nothing is
 * closed, as behind a firewall that forgot them. New connections get through.
 */
final class StallingProxy implements AutoCloseable {

    private final URI server;
    private final ServerSocket entrance;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> dead = ConcurrentHashMap.newKeySet();

    StallingProxy(URI server) {
        this.server = server;
        try {
            this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** The server's address, by this way. */
    String address() {
        return server.toString().replace(":" + server.getPort(), ":" + entrance.getLocalPort());
    }

    /** All connections that there are carry nothing from now on. */
    void stallConnections() {
        dead.addAll(sockets);
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Socket onward = new Socket(server.getHost(), server.getPort());
                sockets.add(client);
                sockets.add(onward);
                Thread.ofVirtual().start(() -> carry(client, onward));
                Thread.ofVirtual().start(() -> carry(onward, client));
            } catch (IOException e) {
                // This connection is lost, or all is over: the client sees which.
            }
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] bytes = new byte[8192];
        try {
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                if (!dead.contains(from)) {
                    to.getOutputStream().write(bytes, 0, n);
                }
            }
        } catch (IOException e) {
            // Either end hung up.
        } finally {
            if (!dead.contains(from)) {
                hangUp(from);
                hangUp(to);
            }
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        sockets.forEach(StallingProxy::hangUp);
    }
}
