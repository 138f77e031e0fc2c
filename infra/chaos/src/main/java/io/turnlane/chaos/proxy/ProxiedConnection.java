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
 * A connection through the proxy: the socket of the client, the socket of the server, and a {@link Pump} for each
 * direction. The threads of the connection and the driver's thread may end the connection; only the first call has an
 * effect.
 */
final class ProxiedConnection implements Pump.PumpedConnection {

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

    @Override
    public ConnectionCounts counts() {
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
        // If the cable changed to Down while this connection was being opened, the change possibly did not reset it.
        if (state.current().fault() instanceof CableFault.Down down) {
            cut(down);
        }
    }

    @Override
    public Setting awaitPassage(int bytes) throws InterruptedException {
        Setting setting = state.current();
        boolean counted = false;
        while (setting.fault() instanceof CableFault.HalfOpen) {
            state.tally(setting.fault(), counts.affect(setting) ? 1 : 0, counted ? 0 : bytes, 0);
            counted = true;
            state.awaitChangeFrom(setting);
            setting = state.current();
        }
        return setting;
    }

    @Override
    public void cut(CableFault fault) {
        if (reset()) {
            state.tally(fault, counts.affect(state.current()) ? 1 : 0, 0, 1);
        }
    }

    void close() {
        reset();
    }

    @Override
    public void directionEnded() {
        if (directionsOpen.decrementAndGet() == 0) {
            close();
        }
    }

    /**
     * Closes both sockets. Returns true for the first call. The linger time of 0 turns the close into a reset, so both
     * peers notice it at once and no more data arrives.
     */
    private boolean reset() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        for (Socket socket : List.of(client, server)) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                socket.close();
            } catch (IOException e) {
                // The socket is closed already.
            }
        }
        threads.forEach(Thread::interrupt);
        whenClosed.accept(this);
        return true;
    }

    private interface ConnectionTask {
        void run() throws IOException, InterruptedException;
    }

    private void run(ConnectionTask task) {
        Thread thread = Thread.ofVirtual().name("proxied-connection").unstarted(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException e) {
                // Either peer or the driver may close the connection at any time.
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
