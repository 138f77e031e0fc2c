package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;

/** Ports of the loopback address that nobody listens on. */
public final class FreePort {

    private FreePort() {}

    /** One that the system picks. */
    public static int any() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first free one of the wanted, in their order, else one that the system picks; 0 stands for no wish. */
    public static int preferring(int... wanted) {
        return Arrays.stream(wanted)
                .filter(port -> port > 0 && isFree(port))
                .findFirst()
                .orElseGet(FreePort::any);
    }

    /** Whether a server could listen on the port now. A port that only lingers after a closed connection counts. */
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
