package io.turnlane.model.address;

import java.util.regex.Pattern;

/**
 * Recognises {@code Host} headers that name this machine. This protects a server on the loopback address from web pages
 * in a browser on the same machine. If the host name of such a page resolves to 127.0.0.1 (DNS rebinding), the browser
 * lets the page call the server and read its responses. The {@code Host} header of these requests contains the host
 * name of the page, which is not a name of this machine.
 */
public final class LoopbackHost {

    /**
     * Names of this machine, with an optional port. RFC 6761 reserves {@code localhost} and all its subdomains for
     * loopback.
     */
    private static final Pattern LOOPBACK = Pattern.compile(
            "(?:(?:[a-z0-9_-]+\\.)*localhost\\.?|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);

    private LoopbackHost() {}

    /** Returns true if the value of a {@code Host} header names this machine. */
    public static boolean matches(String host) {
        return LOOPBACK.matcher(host).matches();
    }
}
