package io.turnlane.doubles;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HTTP/1.1 server for tests on a free port of the loopback interface. Its {@link Behaviour} answers all requests and
 * can be replaced at any time. Records the requests and counts the connections. Each connection has its own virtual
 * thread, and serves one request after the other. Thread-safe.
 */
public final class HttpDouble implements AutoCloseable {

    private static final int BACKLOG = 4096;

    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Queue<ReceivedRequest> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();
    private volatile Behaviour behaviour;

    /** Starts a server. */
    public HttpDouble(Behaviour behaviour) {
        this.behaviour = behaviour;
        try {
            listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("http-double").start(this::accept);
    }

    /** Replaces the behaviour for requests that arrive after this call. */
    public void behave(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    /**
     * Returns an URL of this server.
     *
     * @param path begins with a slash
     */
    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /** Returns the requests so far, in the order of their arrival. */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /** Returns the number of open connections, including those that serve no request at the moment. */
    public int connections() {
        return connections.size();
    }

    /** Returns the number of requests that the server answers at the moment. */
    public int running() {
        return running.get();
    }

    /** Returns the highest number of requests that the server answered at the same time. */
    public int mostRunning() {
        return mostRunning.get();
    }

    /** Returns the number of requests whose client closed the connection before the end of the reply. */
    public int abandoned() {
        return abandoned.get();
    }

    /** Stops the server and closes all connections. */
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                if (listener.isClosed()) { // close() may have missed this connection
                    connection.close();
                }
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            boolean complete = true;
            while (complete) {
                ReceivedRequest request = ReceivedRequest.read(in);
                requests.add(request);
                DoubleReply reply = new DoubleReply(connection, in);
                answer(request, reply);
                complete = reply.isComplete();
            }
        } catch (IOException _) {
            // the client or close() closed the connection
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private void answer(ReceivedRequest request, DoubleReply reply) throws IOException, InterruptedException {
        int now = running.incrementAndGet();
        mostRunning.accumulateAndGet(now, Math::max);
        try {
            behaviour.answer(request, reply);
        } catch (IOException e) {
            if (!listener.isClosed()) {
                abandoned.incrementAndGet();
            }
            throw e;
        } finally {
            running.decrementAndGet();
        }
    }
}
