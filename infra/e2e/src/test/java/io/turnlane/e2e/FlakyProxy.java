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
 * TCP proxy between one client and its gateways whose connections break after a random number of bytes, in the middle
 * of any data. Half of them are reset, the others are closed normally. Each new connection goes to the next gateway.
 *
 * <p>The test's thread controls the proxy. Each connection has two threads that copy bytes. This object's monitor
 * guards the gateways, the random numbers and the counters.
 */
final class FlakyProxy implements AutoCloseable {

    private static final int SHORTEST = 500;

    private final ServerSocket listener;
    private final List<URI> gateways;
    private final Random random;
    private final int longest;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private int breaksLeft;
    private int breaks;
    private int next;

    /** @param longest maximum number of bytes that a connection sends to the client before it breaks */
    FlakyProxy(List<URI> gateways, Random random, int longest) throws IOException {
        this.gateways = new ArrayList<>(gateways);
        this.random = random;
        this.longest = longest;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Returns the address for the client. */
    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Breaks this number of connections from now on. */
    synchronized void breakNext(int times) {
        breaksLeft = times;
    }

    /** Closes all connections to this gateway and opens no new ones. */
    void removeGateway(URI gateway) {
        synchronized (this) {
            gateways.remove(gateway);
        }
        links.stream().filter(link -> link.to.equals(gateway)).forEach(Link::closeBoth);
    }

    /** Returns the number of connections that this proxy broke. */
    synchronized int breaks() {
        return breaks;
    }

    private synchronized URI nextGateway() throws IOException {
        if (gateways.isEmpty()) {
            throw new IOException("no gateway is left");
        }
        return gateways.get(next++ % gateways.size());
    }

    /** Returns the number of bytes that a connection sends from now on before it breaks. */
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
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The proxy is closed.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Link link = new Link(client, nextGateway());
            links.add(link);
            link.start();
        } catch (IOException unreachable) {
            client.close();
        }
    }

    /** A connection of the client to a gateway. */
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
            Thread.ofVirtual().start(() -> copy(client, server, false));
            Thread.ofVirtual().start(() -> copy(server, client, true));
        }

        private void copy(Socket from, Socket into, boolean breaks) {
            try {
                byte[] bytes = new byte[2048];
                InputStream in = from.getInputStream();
                OutputStream out = into.getOutputStream();
                long left = Long.MAX_VALUE;
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    left = breaks && left == Long.MAX_VALUE ? lifetime() : left;
                    boolean breaksNow = left < read && mayBreak();
                    out.write(bytes, 0, breaksNow ? (int) left : read);
                    if (breaksNow) {
                        prepareBreak();
                        return;
                    }
                    left = left < read || left == Long.MAX_VALUE ? Long.MAX_VALUE : left - read;
                }
            } catch (IOException e) {
                // Both sides can close the connection at any time.
            } finally {
                closeBoth();
            }
        }

        /** Makes half of the connections end with a reset, so that data in transit is lost. */
        private void prepareBreak() throws IOException {
            boolean graceful;
            synchronized (FlakyProxy.this) {
                graceful = random.nextBoolean();
            }
            if (!graceful) {
                client.setSoLinger(true, 0);
            }
        }

        private void closeBoth() {
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
        listener.close();
        links.forEach(Link::closeBoth);
    }
}
