package io.turnlane.chaos.proxy;

import io.turnlane.chaos.proxy.CableState.Setting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One connection through the proxy: the client's socket, the server's, and a {@link Pump} each way. Its own threads and
 * the driver's end it; the first to do so does it alone.
 */
final class ProxiedConnection {

    private static final int CONNECT_MILLIS = 2000;

    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress target;
    private final CableState state;
    private final Consumer<ProxiedConnection> whenClosed;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger directionsOpen = new AtomicInteger(2);
    private final ConnectionCounts counts = new ConnectionCounts();

    ProxiedConnection(
            Socket client, InetSocketAddress target, CableState state, Consumer<ProxiedConnection> whenClosed) {
        this.client = client;
        this.target = target;
        this.state = state;
        this.whenClosed = whenClosed;
    }

    void start() {
        run(this::open);
    }

    ConnectionCounts counts() {
        return counts;
    }

    private void open() throws IOException, InterruptedException {
        Setting setting = awaitPassage(0);
        if (setting.fault() instanceof CableFault.Down) {
            cut(setting.fault());
            return;
        }
        server.connect(target, CONNECT_MILLIS);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        server.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Pump requests = new Pump(this, state, client, server, false);
        Pump replies = new Pump(this, state, server, client, true);
        for (Pump pump : List.of(requests, replies)) {
            run(pump::read);
            run(pump::write);
        }
        // Switched while this was connecting: the switch has not seen this link.
        if (state.current().fault() instanceof CableFault.Down down) {
            cut(down);
        }
    }

    /** Waits while nothing is carried; gives the setting under which {@code bytes} may go on. */
    Setting awaitPassage(int bytes) throws InterruptedException {
        Setting setting = state.current();
        boolean counted = false;
        while (setting.fault() instanceof CableFault.HalfOpen) {
            state.tally(setting.fault(), counts.touch(setting) ? 1 : 0, counted ? 0 : bytes, 0);
            counted = true;
            state.awaitSwitchFrom(setting);
            setting = state.current();
        }
        return setting;
    }

    /** The fault resets this connection. */
    void cut(CableFault fault) {
        if (reset()) {
            state.tally(fault, counts.touch(state.current()) ? 1 : 0, 0, 1);
        }
    }

    void close() {
        reset();
    }

    /** One direction has carried its end. */
    void directionEnded() {
        if (directionsOpen.decrementAndGet() == 0) {
            close();
        }
    }

    /** With a linger of 0 an end is a reset: the peers learn of it at once, and nothing more arrives. */
    private boolean reset() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        for (Socket socket : List.of(client, server)) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                socket.close();
            } catch (IOException e) {
                // It was closed already, which is what this is for.
            }
        }
        threads.forEach(Thread::interrupt);
        whenClosed.accept(this);
        return true;
    }

    private interface ConnectionTask {
        void run() throws IOException, InterruptedException;
    }

    private void run(ConnectionTask work) {
        Thread thread = Thread.ofVirtual().name("link").unstarted(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // Either end may hang up at any time, and so may the driver.
                close();
            }
        });
        threads.add(thread);
        thread.start();
        if (closed.get()) {
            thread.interrupt();
        }
    }
}
