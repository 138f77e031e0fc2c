package io.turnlane.gateway.guard.origin;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Origins of the web pages that are allowed to call the gateway, in addition to the gateway's own pages; {@link #ANY}
 * for all origins. The constructor throws an IllegalArgumentException if an entry is not an origin, because such an
 * entry would never match.
 *
 * @param listed origins as browsers send them: scheme, host, and the port unless it is the default of the scheme
 */
public record AllowedOrigins(List<String> listed) {

    /** Value that allows any page of any site. */
    public static final String ANY = "*";

    public AllowedOrigins {
        listed =
                listed.stream().map(one -> one.strip().toLowerCase(Locale.ROOT)).toList();
        listed.forEach(AllowedOrigins::check);
    }

    private static void check(String origin) {
        if (!origin.equals(ANY) && !isOrigin(origin)) {
            throw new IllegalArgumentException("not an origin: '" + origin
                    + "'; expected scheme://host or scheme://host:port without a path, or * for all origins");
        }
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && text.equals(uri.getScheme() + "://" + uri.getAuthority())
                    && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns true if all origins are allowed. */
    public boolean allowsAny() {
        return listed.contains(ANY);
    }

    /**
     * Returns true if a page of this origin is allowed to call the gateway. The origin must be written as in the
     * {@code Origin} header.
     */
    public boolean allows(String origin) {
        return allowsAny() || listed.contains(origin.toLowerCase(Locale.ROOT));
    }
}
