package io.turnlane.model;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;

/**
 * Where a terminal event is posted to: an absolute http or https URL of at most 2,048 characters, without credentials
 * and fragment. What its host's addresses may be is another question, which is asked when a connection is made.
 */
public record CallbackUrl(URI value) {

    private static final int MOST_CHARACTERS = 2048;
    private static final int MOST_PORT = 65_535;

    public CallbackUrl {
        String scheme = value.getScheme() == null ? "" : value.getScheme().toLowerCase(Locale.ROOT);
        require(scheme.equals("https") || scheme.equals("http"), "is an http or https URL");
        require(value.getHost() != null && !value.getHost().isEmpty(), "names a host");
        require(value.getRawUserInfo() == null, "holds no credentials");
        require(value.getRawFragment() == null, "has no fragment");
        require(value.getPort() != 0 && value.getPort() <= MOST_PORT, "has a port from 1 to 65535");
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException where the text is none; the message says why, and doesn't quote it
     */
    public static CallbackUrl parse(String text) {
        require(text.length() <= MOST_CHARACTERS, "has at most " + MOST_CHARACTERS + " characters");
        try {
            return new CallbackUrl(URI.create(text));
        } catch (IllegalArgumentException e) {
            throw e.getCause() == null ? e : new IllegalArgumentException("a callback_url is a URL", e);
        }
    }

    /** Whether its host is an address, and not a public one: no need to ask a name server about that. */
    public boolean hasPrivateAddress() {
        try {
            return !PublicAddress.isPublic(InetAddress.ofLiteral(value.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("a callback_url " + what);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
