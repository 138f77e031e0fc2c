package io.turnlane.gateway.many;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Clients that read too slowly: every other one reads 1 KB/s, the others read nothing. A client that is disconnected
 * reconnects immediately. A client that does not notice the disconnection, because it does not read, stays as it is.
 */
final class SlowClients implements AutoCloseable {

    private final Collection<RawStream> open = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    SlowClients(int port, List<String> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                while (!closing) {
                    readSlowly(port, number, sessions.get(number));
                }
            });
        }
    }

    private void readSlowly(int port, int number, String session) {
        boolean slow = number % 2 == 0;
        boolean bySocket = number % 4 >= 2;
        try (RawStream stream = bySocket ? RawStream.socket(port, session, null) : RawStream.sse(port, session, null)) {
            open.add(stream);
            while (!closing && (!slow || stream.readSome(100))) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            open.remove(stream);
        } catch (IOException disconnected) {
            // Reconnects in the next iteration of the caller.
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
