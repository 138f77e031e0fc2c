package io.turnlane.gateway.origin;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * The origins of pages that may call, besides the gateway's own; {@link #ANY} for all there are. What isn't an origin
 * is an IllegalArgumentException: it would match nothing, and nobody would see why.
 *
 * @param listed each as a browser sends it: scheme, host, and port where it isn't the scheme's
 */
public record AllowedOrigins(List<String> listed) {

    /** Any page of any site. */
    public static final String ANY = "*";

    public AllowedOrigins {
        listed =
                listed.stream().map(one -> one.strip().toLowerCase(Locale.ROOT)).toList();
        listed.forEach(AllowedOrigins::check);
    }

    private static void check(String origin) {
        if (!origin.equals(ANY) && !isOrigin(origin)) {
            throw new IllegalArgumentException("not an origin: '" + origin
                    + "'; write scheme://host or scheme://host:port as a browser does, without a path, or * for all");
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

    /** Whether the page may be anybody's. */
    public boolean allowsAny() {
        return listed.contains(ANY);
    }

    /** Whether a page of this origin, as its browser names it, may call. */
    public boolean allows(String origin) {
        return allowsAny() || listed.contains(origin.toLowerCase(Locale.ROOT));
    }
}
