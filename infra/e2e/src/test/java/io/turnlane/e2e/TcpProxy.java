package io.turnlane.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * TCP proxy between a browser and a gateway that can be cut: all connections break, and new ones are closed at once
 * until it is restored. The test's thread cuts and restores. Each connection has two threads that copy bytes.
 */
final class TcpProxy implements AutoCloseable {

    private final URI gateway;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    TcpProxy(URI gateway) throws IOException {
        this.gateway = gateway;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Returns the address for the browser. */
    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void cut() {
        cut = true;
        sockets.forEach(TcpProxy::closeSocket);
    }

    void restore() {
        cut = false;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The connection is lost, or the proxy is closed. The browser notices.
            }
        }
    }

    private void connect(Socket browser) throws IOException {
        sockets.add(browser);
        if (cut) {
            closeSocket(browser);
            return;
        }
        Socket server = new Socket(gateway.getHost(), gateway.getPort());
        sockets.add(server);
        Thread.ofVirtual().start(() -> copy(browser, server));
        Thread.ofVirtual().start(() -> copy(server, browser));
        if (cut) {
            closeSocket(server);
        }
    }

    private void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Both sides can close the connection at any time.
        } finally {
            closeSocket(from);
            closeSocket(to);
            sockets.remove(from);
            sockets.remove(to);
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
        cut();
    }
}
