package io.turnlane.doubles;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Address on the loopback interface at which connects are neither accepted nor rejected, as at a host behind a firewall
 * that drops packets. A listener whose queue of connections is full ignores further ones.
 */
public final class UnansweredConnects implements AutoCloseable {

    private static final int PROBE_MILLIS = 200;
    private static final int MAX_QUEUED = 64;

    private final ServerSocket listener;
    private final List<SocketChannel> queued = new ArrayList<>();

    /** Starts a listener and fills its queue. */
    public UnansweredConnects() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        while (answers()) {
            if (queued.size() == MAX_QUEUED) {
                throw new IllegalStateException("the listener's queue does not become full");
            }
        }
    }

    /** Connects once more. Returns false if nobody answers. */
    private boolean answers() throws IOException {
        SocketChannel channel = SocketChannel.open();
        queued.add(channel);
        try {
            channel.socket()
                    .connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), PROBE_MILLIS);
            return true;
        } catch (SocketTimeoutException full) {
            return false;
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : queued) {
            channel.close();
        }
        listener.close();
    }
}
