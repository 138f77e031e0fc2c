package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;

/** Finds free ports of the loopback address. */
public final class FreePort {

    private FreePort() {}

    /** Returns a free port that the system chooses. */
    public static int any() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the first of these ports that is free. If none is free, returns a port that the system chooses. Ignores
     * ports of value 0.
     */
    public static int preferring(int... preferred) {
        return Arrays.stream(preferred)
                .filter(port -> port > 0 && isFree(port))
                .findFirst()
                .orElseGet(FreePort::any);
    }

    /**
     * Returns true if a server can listen on the port now, even if a closed connection on this port is still in the TCP
     * state TIME_WAIT.
     */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
