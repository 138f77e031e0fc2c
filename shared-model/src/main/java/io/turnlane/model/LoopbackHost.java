package io.turnlane.model;

import java.util.regex.Pattern;

/**
 * Recognises {@code Host} headers that name this machine. A server that only this machine can reach is also reached by
 * a web page whose own host name resolves to 127.0.0.1 (DNS rebinding): the page's browser then treats the server as
 * the page's own. The host name in the request reveals such a page.
 */
public final class LoopbackHost {

    /**
     * Names of this machine, with an optional port. RFC 6761 reserves localhost and all names below it for loopback.
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
