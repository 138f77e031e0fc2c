package io.turnlane.gateway.many;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Clients that don't read as they should: every other one reads 1 KB/s, the rest nothing at all. Those that are cut off
 * come back at once. A client that isn't told that it is cut off, because it doesn't read, stays as it is.
 */
final class SlowClients implements AutoCloseable {

    private final Collection<RawStream> open = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    SlowClients(int port, List<String> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                while (!closing) {
                    stay(port, number, sessions.get(number));
                }
            });
        }
    }

    private void stay(int port, int number, String session) {
        boolean slow = number % 2 == 0;
        boolean bySocket = number % 4 >= 2;
        try (RawStream stream = bySocket ? RawStream.socket(port, session, null) : RawStream.sse(port, session, null)) {
            open.add(stream);
            while (!closing && (!slow || stream.readSome(100))) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            open.remove(stream);
        } catch (IOException cutOff) {
            // Comes back.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing = true;
        open.forEach(RawStream::close);
    }
}
