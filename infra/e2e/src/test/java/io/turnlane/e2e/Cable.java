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
 * The way between a browser and a gateway, which can be cut: what is on it breaks off, and nothing new gets through
 * until it is mended. The test's thread cuts and mends; each connection has two threads that carry bytes.
 */
final class Cable implements AutoCloseable {

    private final URI gateway;
    private final ServerSocket entrance;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Cable(URI gateway) throws IOException {
        this.gateway = gateway;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Where a browser comes in. */
    URI address() {
        return URI.create("http://127.0.0.1:" + entrance.getLocalPort());
    }

    void cut() {
        cut = true;
        ends.forEach(Cable::hangUp);
    }

    void mend() {
        cut = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                connect(entrance.accept());
            } catch (IOException e) {
                // This connection is lost, or the cable is closed: the browser sees which.
            }
        }
    }

    private void connect(Socket browser) throws IOException {
        ends.add(browser);
        if (cut) {
            hangUp(browser);
            return;
        }
        Socket server = new Socket(gateway.getHost(), gateway.getPort());
        ends.add(server);
        Thread.ofVirtual().start(() -> carry(browser, server));
        Thread.ofVirtual().start(() -> carry(server, browser));
        if (cut) {
            hangUp(server);
        }
    }

    private void carry(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Either end may hang up at any time.
        } finally {
            hangUp(from);
            hangUp(to);
            ends.remove(from);
            ends.remove(to);
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
        cut();
    }
}
