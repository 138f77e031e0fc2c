package io.turnlane.processor.system;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Under which host others reach this processor's management port. */
final class ManagementHost {

    private ManagementHost() {}

    /**
     * The address that it listens on; where that is every address, this machine's.
     *
     * @param bound null where none is configured: every address
     */
    static String of(@Nullable InetAddress bound) {
        InetAddress reached = bound == null || bound.isAnyLocalAddress() ? ofThisMachine() : bound;
        String text = reached.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private static InetAddress ofThisMachine() {
        try {
            return InetAddress.getLocalHost();
        } catch (UnknownHostException e) {
            return InetAddress.getLoopbackAddress();
        }
    }
}
