package io.turnlane.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way between one client and its gateways, which breaks again and again: after a random number of bytes, in the
 * middle of whatever they are, by a farewell or without one. Each new connection goes to the next gateway that lives.
 *
 * <p>The test's thread switches and asks; each connection has two threads that carry bytes. The plan of what breaks
 * where is guarded by this object's monitor.
 */
final class BreakingCable implements AutoCloseable {

    private static final int SHORTEST = 500;

    private final ServerSocket entrance;
    private final List<URI> gateways;
    private final Random random;
    private final int longest;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private int breaksLeft;
    private int breaks;
    private int next;

    /** @param longest bytes that a connection carries to the client before it breaks */
    BreakingCable(List<URI> gateways, Random random, int longest) throws IOException {
        this.gateways = new ArrayList<>(gateways);
        this.random = random;
        this.longest = longest;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Where the client comes in. */
    URI address() {
        return URI.create("http://127.0.0.1:" + entrance.getLocalPort());
    }

    /** From now on so many connections break. */
    synchronized void breakSoOften(int times) {
        breaksLeft = times;
    }

    /** This gateway is gone, with all its connections. */
    void lose(URI gateway) {
        synchronized (this) {
            gateways.remove(gateway);
        }
        links.stream().filter(link -> link.to.equals(gateway)).forEach(Link::hangUp);
    }

    /** How many connections broke. */
    synchronized int breaks() {
        return breaks;
    }

    private synchronized URI nextGateway() throws IOException {
        if (gateways.isEmpty()) {
            throw new IOException("no gateway is left");
        }
        return gateways.get(next++ % gateways.size());
    }

    /** How many bytes a connection shall carry from now on. */
    private synchronized long lifetime() {
        return breaksLeft > 0 ? SHORTEST + random.nextInt(longest - SHORTEST) : Long.MAX_VALUE;
    }

    private synchronized boolean mayBreak() {
        if (breaksLeft == 0) {
            return false;
        }
        breaksLeft--;
        breaks++;
        return true;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                connect(entrance.accept());
            } catch (IOException e) {
                // The cable is closed.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Link link = new Link(client, nextGateway());
            links.add(link);
            link.start();
        } catch (IOException nobodyThere) {
            client.close();
        }
    }

    /** One connection. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private final URI to;

        Link(Socket client, URI to) throws IOException {
            this.client = client;
            this.to = to;
            this.server = new Socket(to.getHost(), to.getPort());
        }

        void start() {
            Thread.ofVirtual().start(() -> carry(client, server, false));
            Thread.ofVirtual().start(() -> carry(server, client, true));
        }

        private void carry(Socket from, Socket into, boolean breaks) {
            try {
                byte[] bytes = new byte[2048];
                InputStream in = from.getInputStream();
                OutputStream out = into.getOutputStream();
                long left = Long.MAX_VALUE;
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    left = breaks && left == Long.MAX_VALUE ? lifetime() : left;
                    boolean snaps = left < read && mayBreak();
                    out.write(bytes, 0, snaps ? (int) left : read);
                    if (snaps) {
                        snap();
                        return;
                    }
                    left = left < read || left == Long.MAX_VALUE ? Long.MAX_VALUE : left - read;
                }
            } catch (IOException e) {
                // Either end may hang up at any time.
            } finally {
                hangUp();
            }
        }

        /** Half of them end without a farewell: what is still on the way is lost. */
        private void snap() throws IOException {
            boolean farewell;
            synchronized (BreakingCable.this) {
                farewell = random.nextBoolean();
            }
            if (!farewell) {
                client.setSoLinger(true, 0);
            }
        }

        private void hangUp() {
            links.remove(this);
            close(client);
            close(server);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        links.forEach(Link::hangUp);
    }
}
