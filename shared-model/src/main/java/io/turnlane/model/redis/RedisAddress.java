package io.turnlane.model.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** Address of a Redis server, which can contain a password. */
public final class RedisAddress {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

    private RedisAddress() {}

    /**
     * Checks the form of an address before a library parses it, because libraries repeat an invalid address in their
     * messages.
     *
     * @throws IllegalStateException if the address is invalid; the message does not contain it
     */
    public static void requireValid(String url) {
        if (!isValid(url)) {
            throw new IllegalStateException("The address of Redis is invalid. REDIS_URL must have the form"
                    + " redis://[user:password@]host:port[/database], or rediss:// for TLS. Special characters in the"
                    + " password must be percent-encoded, for example @ as %40. The value is not shown, because it can"
                    + " contain the password.");
        }
    }

    private static boolean isValid(String url) {
        try {
            URI uri = new URI(url);
            return uri.getScheme() != null
                    && SCHEMES.contains(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && uri.getPath().matches("/?|/\\d+");
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
