package io.turnlane.processor.system;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Host name or address under which other machines reach this processor's management port. */
final class ManagementHost {

    private ManagementHost() {}

    /**
     * Returns the address that the server listens on, or the address of this machine if the server listens on all
     * addresses.
     *
     * @param bound configured address, or null for all addresses
     */
    static String of(@Nullable InetAddress bound) {
        InetAddress address = bound == null || bound.isAnyLocalAddress() ? ofThisMachine() : bound;
        String text = address.getHostAddress();
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
