package io.turnlane.chaos.proxy;

import io.turnlane.chaos.proxy.CableState.Setting;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Carries one direction of a connection. One thread reads and another writes, with a bounded queue of 1 MiB between
 * them, so that latency does not reduce the throughput. The pump sends in slices and reads the state of the cable
 * before each slice, so that a change takes effect soon.
 */
final class Pump {

    private static final int CHUNK = 16 * 1024;
    private static final int WAITING_CHUNKS = 64;
    private static final byte[] END = {};

    /** Bytes, and the time at which they were read. */
    private record Chunk(byte[] bytes, long readAt) {}

    /** Connection to which a pump belongs. */
    interface PumpedConnection {

        /**
         * Waits while the cable is half-open. Returns the setting that applies to the {@code bytes} that the caller
         * then sends.
         */
        Setting awaitPassage(int bytes) throws InterruptedException;

        ConnectionCounts counts();

        /** Resets the connection because of a fault. */
        void cut(CableFault fault);

        /**
         * Records that one direction has forwarded the end of its stream. The connection is closed when both directions
         * have done so.
         */
        void directionEnded();
    }

    private final PumpedConnection connection;
    private final CableState state;
    private final Socket from;
    private final Socket to;
    private final boolean replies;
    private final BlockingQueue<Chunk> waiting = new ArrayBlockingQueue<>(WAITING_CHUNKS);

    Pump(PumpedConnection connection, CableState state, Socket from, Socket to, boolean replies) {
        this.connection = connection;
        this.state = state;
        this.from = from;
        this.to = to;
        this.replies = replies;
    }

    void read() throws IOException, InterruptedException {
        byte[] buffer = new byte[CHUNK];
        for (int n = from.getInputStream().read(buffer);
                n >= 0;
                n = from.getInputStream().read(buffer)) {
            waiting.put(new Chunk(Arrays.copyOf(buffer, n), System.nanoTime()));
        }
        waiting.put(new Chunk(END, System.nanoTime()));
    }

    void write() throws IOException, InterruptedException {
        for (Chunk chunk = waiting.take(); chunk.bytes().length > 0; chunk = waiting.take()) {
            if (!deliver(chunk)) {
                return;
            }
        }
        connection.awaitPassage(0);
        to.shutdownOutput();
        connection.directionEnded();
    }

    /** Sends the whole chunk; returns false if the fault reset the connection. */
    private boolean deliver(Chunk chunk) throws IOException, InterruptedException {
        int sent = 0;
        while (sent < chunk.bytes().length) {
            int slice = slice(chunk, sent);
            if (slice == 0) {
                return false;
            }
            sent += slice;
        }
        return true;
    }

    /**
     * Sends as much of the chunk as the fault allows; returns the number of bytes, or 0 if the fault reset the
     * connection.
     */
    private int slice(Chunk chunk, int from) throws IOException, InterruptedException {
        int length = chunk.bytes().length - from;
        Setting setting = connection.awaitPassage(length);
        return switch (setting.fault()) {
            case CableFault.Pass _, CableFault.HalfOpen _ -> send(chunk, from, length);
            case CableFault.Slow slow -> sendSlowly(setting, slow, chunk, from);
            case CableFault.SwallowReplies swallow -> {
                if (replies && connection.counts().countReply(setting) >= swallow.pass()) {
                    yield cut(setting, length);
                }
                yield send(chunk, from, length);
            }
            case CableFault.ResetAfter reset -> {
                int allowed = connection.counts().reserveBytes(setting, reset.bytes(), length);
                yield allowed == 0 ? cut(setting, length) : send(chunk, from, allowed);
            }
            case CableFault.Down _ -> cut(setting, length);
        };
    }

    /** Sends at most the bytes of 20 ms, so that a change of the cable takes effect soon. */
    private int sendSlowly(Setting setting, CableFault.Slow slow, Chunk chunk, int from)
            throws IOException, InterruptedException {
        int length = chunk.bytes().length - from;
        if (from == 0) {
            state.tally(slow, connection.counts().affect(setting) ? 1 : 0, length, 0);
            long jitter = slow.jitter().toNanos();
            long delay = slow.latency().toNanos()
                    + (jitter == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitter + 1));
            TimeUnit.NANOSECONDS.sleep(chunk.readAt() + delay - System.nanoTime());
        }
        if (slow.bytesPerSecond() == 0) {
            return send(chunk, from, length);
        }
        int slice = (int) Math.min(length, Math.max(1, slow.bytesPerSecond() / 50));
        TimeUnit.NANOSECONDS.sleep(slice * TimeUnit.SECONDS.toNanos(1) / slow.bytesPerSecond());
        return send(chunk, from, slice);
    }

    private int send(Chunk chunk, int from, int length) throws IOException {
        to.getOutputStream().write(chunk.bytes(), from, length);
        return length;
    }

    private int cut(Setting setting, int lost) {
        state.tally(setting.fault(), 0, lost, 0);
        connection.cut(setting.fault());
        return 0;
    }
}
