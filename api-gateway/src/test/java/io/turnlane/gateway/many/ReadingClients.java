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
 * Clients that read all they get, one session each, by stream and by socket in turns; what they hear carries the time
 * at which it was said. Each has a virtual thread; counts are safe for threads.
 */
final class ReadingClients implements AutoCloseable {

    private final List<RawStream> streams = new ArrayList<>();
    private final Collection<String> misdelivered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger brokenConnections = new AtomicInteger();
    private final LongAdder piecesReceived = new LongAdder();
    private final AtomicLong lastReceivedNanos = new AtomicLong();
    private volatile Queue<Long> delays = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    /** Opens one for each of the sessions. */
    ReadingClients(int port, List<String> sessions) throws IOException {
        for (int i = 0; i < sessions.size(); i++) {
            String session = sessions.get(i);
            RawStream stream = i % 2 == 0 ? RawStream.sse(port, session, null) : RawStream.socket(port, session, null);
            streams.add(stream);
            Thread.ofVirtual().start(() -> read(stream, session));
        }
    }

    /** What is said to them: its time, and how much of nothing. */
    static String timestampedText(int bytes) {
        return System.nanoTime() + " " + "x".repeat(bytes);
    }

    private void read(RawStream stream, String session) {
        String mine = "\"session_id\":\"" + session + "\"";
        try {
            for (String event = stream.next(); event != null; event = stream.next()) {
                if (!event.contains(mine)) {
                    misdelivered.add(session + " heard " + event);
                }
                note(event);
            }
            throw new IOException("the gateway ended it");
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
            long said = Long.parseLong(event.substring(text + 8, event.indexOf(' ', text)));
            delays.add(now - said);
            lastReceivedNanos.set(now);
            piecesReceived.increment();
        }
    }

    /** How many pieces all of them have heard. */
    long piecesReceived() {
        return piecesReceived.sum();
    }

    /** When one of them heard something last. */
    long lastReceivedNanos() {
        return lastReceivedNanos.get();
    }

    /** Nanoseconds from saying to hearing since the last call, sorted. */
    List<Long> takeDelays() {
        List<Long> taken = delays.stream().sorted().toList();
        delays = new ConcurrentLinkedQueue<>();
        return taken;
    }

    /** What reached somebody who hadn't asked for it. */
    Collection<String> misdelivered() {
        return misdelivered;
    }

    /** How many connections broke though nobody closed them. */
    int brokenConnections() {
        return brokenConnections.get();
    }

    @Override
    public void close() {
        closing = true;
        streams.forEach(RawStream::close);
    }
}
