package io.turnlane.bench.load;

import io.turnlane.bench.load.Requests.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Load generator for HTTP. One thread serves all connections with non-blocking channels, because the generator shares
 * the cores with the servers that it measures. Each connection has at most one request without an answer.
 *
 * <p>Used by one thread.
 */
public final class HttpLoad {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(35);
    private static final long SPIN_BELOW_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SPIN_STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final InetSocketAddress address;
    private final Requests requests;
    private final byte @Nullable [] pieceMark;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private final List<HttpConnection> connections = new ArrayList<>();
    private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
    private final Histogram latency = LoadResult.newHistogram();
    private final Histogram firstPiece = LoadResult.newHistogram();
    private long answered;
    private long failed;
    private long mixed;
    private long started;
    private long lastEnd;

    private HttpLoad(InetSocketAddress address, Requests requests, byte @Nullable [] pieceMark) {
        this.address = address;
        this.requests = requests;
        this.pieceMark = pieceMark;
    }

    /**
     * Creates the load and returns when all answers have arrived, or 35 s after the last request.
     *
     * @param pieceMark text with which a piece of a streamed answer begins; null if the answers are not streamed
     * @throws IOException if the server does not accept connections
     */
    public static LoadResult run(
            InetSocketAddress address, Requests requests, LoadShape shape, byte @Nullable [] pieceMark)
            throws IOException {
        return new HttpLoad(address, requests, pieceMark).run(shape);
    }

    private LoadResult run(LoadShape shape) throws IOException {
        try (Selector selector = Selector.open()) {
            started = System.nanoTime();
            lastEnd = started;
            switch (shape) {
                case LoadShape.ClosedLoop closed -> runClosed(selector, closed);
                case LoadShape.OpenLoop open -> runOpen(selector, open);
            }
            awaitAnswers(selector);
            return new LoadResult(
                    answered, failed, mixed, Duration.ofNanos(Math.max(1, lastEnd - started)), latency, firstPiece);
        } finally {
            for (HttpConnection connection : connections) {
                connection.close();
            }
        }
    }

    private void runClosed(Selector selector, LoadShape.ClosedLoop shape) throws IOException {
        long end = started + shape.time().toNanos();
        for (int i = 0; i < shape.clients(); i++) {
            idle.add(newConnection(selector));
        }
        for (long now = started; now < end; now = System.nanoTime()) {
            while (!idle.isEmpty()) {
                send(selector, System.nanoTime());
            }
            selector.select(this::ready, Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - now)));
        }
    }

    private void runOpen(Selector selector, LoadShape.OpenLoop shape) throws IOException {
        long total = shape.total();
        long next = 0;
        long stop = started + shape.time().plus(ANSWER_LIMIT).toNanos();
        while (next < total && System.nanoTime() < stop) {
            long due = started + shape.dueNanos(next);
            long wait = due - System.nanoTime();
            if (wait > 0) {
                await(selector, wait);
            } else if (idle.isEmpty() && connections.size() >= shape.connections()) {
                selector.select(this::ready, 1); // the request waits for a connection
            } else {
                if (idle.isEmpty()) {
                    idle.add(newConnection(selector));
                }
                send(selector, due);
                next++;
                selector.selectNow(this::ready);
            }
        }
        failed += total - next;
    }

    /**
     * Handles answers until a request is due, or until the first of them has arrived. The selector waits whole
     * milliseconds, so shorter times are waited in small steps.
     */
    private void await(Selector selector, long nanos) throws IOException {
        if (nanos >= SPIN_BELOW_NANOS) {
            selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(nanos) - 1);
        } else if (selector.selectNow(this::ready) == 0) {
            LockSupport.parkNanos(Math.min(nanos, SPIN_STEP_NANOS));
        }
    }

    private void awaitAnswers(Selector selector) throws IOException {
        long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
        while (connections.stream().anyMatch(HttpConnection::isBusy) && System.nanoTime() < end) {
            selector.select(this::ready, 10);
        }
        failed += connections.stream().filter(HttpConnection::isBusy).count();
    }

    private HttpConnection newConnection(Selector selector) throws IOException {
        HttpConnection connection = new HttpConnection(address);
        connection.open(selector);
        connections.add(connection);
        return connection;
    }

    /** Sends the next request on the connection that was used last, so that rarely used ones can time out. */
    private void send(Selector selector, long due) throws IOException {
        HttpConnection connection = idle.removeLast();
        Request request = requests.next();
        connection.send(selector, request, due);
    }

    private void ready(SelectionKey key) {
        HttpConnection connection = (HttpConnection) key.attachment();
        try {
            if (connection.advance(key, buffer)) {
                received(connection);
            }
        } catch (IOException e) {
            if (connection.fail()) {
                failed++;
                idle.addLast(connection);
            }
        }
    }

    private void received(HttpConnection connection) {
        long now = System.nanoTime();
        if (pieceMark != null && connection.firstPieceArrived(pieceMark)) {
            LoadResult.record(firstPiece, now - connection.due());
        }
        if (!connection.response().isComplete()) {
            return;
        }
        lastEnd = now;
        if (connection.response().status() != 200) {
            failed++;
        } else if (!connection.hasOwnAnswer()) {
            mixed++;
        } else {
            answered++;
            LoadResult.record(latency, now - connection.due());
        }
        connection.finish();
        idle.addLast(connection);
    }
}
