package io.turnlane.bench.load;

import io.turnlane.bench.load.Requests.Request;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection of a {@link HttpLoad}, with at most one request without an answer. Reconnects if it was closed. */
final class HttpConnection {

    private final InetSocketAddress address;
    private final ResponseBuffer response = new ResponseBuffer();
    private @Nullable SocketChannel channel;
    private @Nullable Request request;
    private @Nullable ByteBuffer unsent;
    private long due;
    private boolean pieceArrived;

    HttpConnection(InetSocketAddress address) {
        this.address = address;
    }

    void open(Selector selector) throws IOException {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boolean connected = opened.connect(address);
        opened.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
    }

    /** Sends the request, or keeps it until the connection is established. */
    void send(Selector selector, Request next, long dueNanos) throws IOException {
        if (channel == null) {
            open(selector);
        }
        request = next;
        due = dueNanos;
        unsent = ByteBuffer.wrap(next.bytes());
        pieceArrived = false;
        response.reset();
        SocketChannel current = Objects.requireNonNull(channel);
        if (current.isConnected()) {
            write(current.keyFor(selector));
        }
    }

    private void write(SelectionKey key) throws IOException {
        ByteBuffer left = unsent;
        if (left != null) {
            ((SocketChannel) key.channel()).write(left);
            if (!left.hasRemaining()) {
                unsent = null;
            }
        }
        key.interestOps(unsent == null ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    /**
     * Does what the channel is ready for.
     *
     * @return true if a part of the answer was received
     * @throws IOException if the connection failed or was closed
     */
    boolean advance(SelectionKey key, ByteBuffer buffer) throws IOException {
        SocketChannel current = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            current.finishConnect();
            write(key);
            return false;
        }
        if (key.isWritable()) {
            write(key);
        }
        if (!key.isReadable()) {
            return false;
        }
        buffer.clear();
        int size = current.read(buffer);
        if (size < 0) {
            throw new EOFException();
        }
        response.append(buffer.flip());
        return size > 0 && request != null;
    }

    /**
     * Closes the connection after an error.
     *
     * @return true if a request was waiting for its answer
     */
    boolean fail() {
        boolean waiting = request != null;
        request = null;
        unsent = null;
        close();
        return waiting;
    }

    /** Prepares the connection for the next request, after the answer is complete. */
    void finish() {
        request = null;
        if (response.closesConnection()) {
            close();
        }
    }

    /** Returns true if the first piece of a streamed answer has arrived since the last call. */
    boolean firstPieceArrived(byte[] mark) {
        if (!pieceArrived && response.bodyContains(mark)) {
            pieceArrived = true;
            return true;
        }
        return false;
    }

    boolean hasOwnAnswer() {
        return response.bodyContains(Objects.requireNonNull(request).answer());
    }

    boolean isBusy() {
        return request != null;
    }

    /** Returns the time at which the request was due, as of {@link System#nanoTime}. */
    long due() {
        return due;
    }

    ResponseBuffer response() {
        return response;
    }

    void close() {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // The connection is not used any more in this case either.
            }
        }
    }
}
