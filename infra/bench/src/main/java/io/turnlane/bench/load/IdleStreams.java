package io.turnlane.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Open event streams of sessions in which nothing happens. A thread of their own reads and discards heartbeats.
 * {@link #close} closes all of them.
 */
public final class IdleStreams implements AutoCloseable {

    private static final Duration OPEN_LIMIT = Duration.ofSeconds(60);
    private static final int CONNECTING_AT_ONCE = 100;

    private final Selector selector;
    private final InetSocketAddress address;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final Thread reader;

    private IdleStreams(InetSocketAddress address) throws IOException {
        this.address = address;
        this.selector = Selector.open();
        this.reader = Thread.ofPlatform().daemon().name("idle-streams").start(this::read);
    }

    /**
     * Opens streams, and returns when the server has begun to answer all of them.
     *
     * @throws IOException if a stream cannot be opened, or if not all are open within a minute
     */
    public static IdleStreams open(InetSocketAddress address, int count) throws IOException, InterruptedException {
        IdleStreams streams = new IdleStreams(address);
        try {
            long limit = System.nanoTime() + OPEN_LIMIT.toNanos();
            for (int number = 0; number < count; number++) {
                streams.connect(number);
                streams.await(number + 1 - CONNECTING_AT_ONCE, limit);
            }
            streams.await(count, limit);
            return streams;
        } catch (IOException | InterruptedException e) {
            streams.close();
            throw e;
        }
    }

    private void connect(int number) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channels.add(channel);
        String request = "GET /v1/sessions/idle-" + number + "/events HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort()
                + "\r\nAccept: text/event-stream\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        selector.wakeup();
    }

    private void await(int count, long limit) throws IOException, InterruptedException {
        while (answered.get() < count) {
            if (lost.get() > 0 || System.nanoTime() > limit) {
                throw new IOException("Only " + answered + " of " + count + " streams could be opened.");
            }
            Thread.sleep(1);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 10);
        try {
            while (true) {
                selector.select(key -> discard(key, buffer));
            }
        } catch (ClosedSelectorException _) {
            // closed
        } catch (IOException e) {
            lost.incrementAndGet();
        }
    }

    private void discard(SelectionKey key, ByteBuffer buffer) {
        buffer.clear();
        try {
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                throw new IOException("closed by the server");
            }
            if (key.attach(this) == null) {
                answered.incrementAndGet();
            }
        } catch (IOException _) {
            key.cancel();
            lost.incrementAndGet();
        }
    }

    /** Returns the number of streams that the server has closed. */
    public int lost() {
        return lost.get();
    }

    @Override
    public void close() {
        for (SocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException _) {
                // The connection is not used any more in this case either.
            }
        }
        try {
            selector.close();
            var _ = reader.join(Duration.ofSeconds(5));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
