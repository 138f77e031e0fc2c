package io.turnlane.gateway.many;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that read everything, one session each, alternately by stream and by socket. The text of each event contains
 * the time at which it was published. Each client has a virtual thread. Safe for use by multiple threads.
 */
final class ReadingClients implements AutoCloseable {

    private final List<RawStream> streams = new ArrayList<>();
    private final Collection<String> misdelivered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger brokenConnections = new AtomicInteger();
    private final LongAdder piecesReceived = new LongAdder();
    private final AtomicLong lastReceivedNanos = new AtomicLong();
    private volatile Queue<Long> delays = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    /** Opens one client for each session. */
    ReadingClients(int port, List<String> sessions) throws IOException {
        for (int i = 0; i < sessions.size(); i++) {
            String session = sessions.get(i);
            RawStream stream = i % 2 == 0 ? RawStream.sse(port, session, null) : RawStream.socket(port, session, null);
            streams.add(stream);
            Thread.ofVirtual().start(() -> read(stream, session));
        }
    }

    /** Returns a text that contains the current time and {@code bytes} bytes of padding. */
    static String timestampedText(int bytes) {
        return System.nanoTime() + " " + "x".repeat(bytes);
    }

    private void read(RawStream stream, String session) {
        String expected = "\"session_id\":\"" + session + "\"";
        try {
            for (String event = stream.next(); event != null; event = stream.next()) {
                if (!event.contains(expected)) {
                    misdelivered.add(session + " received " + event);
                }
                note(event);
            }
            throw new IOException("the gateway closed the connection");
        } catch (IOException e) {
            if (!closing) {
                brokenConnections.incrementAndGet();
            }
        }
    }

    private void note(String event) {
        int text = event.indexOf("\"text\":\"");
        if (text >= 0) {
            long now = System.nanoTime();
            long published = Long.parseLong(event.substring(text + 8, event.indexOf(' ', text)));
            delays.add(now - published);
            lastReceivedNanos.set(now);
            piecesReceived.increment();
        }
    }

    /** Returns the number of pieces that all clients have received. */
    long piecesReceived() {
        return piecesReceived.sum();
    }

    /** Returns the time at which a client last received a piece, by {@link System#nanoTime}. */
    long lastReceivedNanos() {
        return lastReceivedNanos.get();
    }

    /** Returns the delays from publication to receipt since the last call, sorted, in nanoseconds. */
    List<Long> takeDelays() {
        List<Long> taken = delays.stream().sorted().toList();
        delays = new ConcurrentLinkedQueue<>();
        return taken;
    }

    /** Returns the events that reached a client of another session. */
    Collection<String> misdelivered() {
        return misdelivered;
    }

    /** Returns the number of connections that broke although the test had not closed them. */
    int brokenConnections() {
        return brokenConnections.get();
    }

    @Override
    public void close() {
        closing = true;
        streams.forEach(RawStream::close);
    }
}
