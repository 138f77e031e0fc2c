package io.turnlane.model;

import io.turnlane.model.address.LoopbackHost;
import io.turnlane.model.address.PublicAddress;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Absolute http or https URL to which a turn's terminal event is posted. It has at most 2,048 characters and contains
 * neither credentials nor a fragment. This type does not resolve the host name. The processor checks the resolved
 * address when it sends the event.
 *
 * <p>A question of a batch whose end is posted has a URN that names the {@linkplain #batch batch} instead. The record
 * of the batch has the URL. Clients cannot send such a URN.
 */
public record CallbackUrl(URI value) {

    private static final int MAX_CHARACTERS = 2048;
    private static final int MAX_PORT = 65_535;
    private static final String BATCH = "urn:turnlane:batch:";

    /** Host that can only be an IP address, because it is in brackets or its last label is a number. */
    private static final Pattern ADDRESS = Pattern.compile("\\[.*]|(?:.*\\.)?(?:\\d+|0[xX][0-9a-fA-F]*)\\.?");

    public CallbackUrl {
        if (batchOf(value).isEmpty()) {
            checkUrl(value);
        }
    }

    private static void checkUrl(URI value) {
        String scheme = value.getScheme() == null ? "" : value.getScheme().toLowerCase(Locale.ROOT);
        require(scheme.equals("https") || scheme.equals("http"), "must be an http or https URL");
        require(value.getHost() != null && !value.getHost().isEmpty(), "must name a host");
        require(value.getRawUserInfo() == null, "must not contain credentials");
        require(value.getRawFragment() == null, "must not have a fragment");
        require(value.getPort() != 0 && value.getPort() <= MAX_PORT, "must have a port from 1 to 65535");
    }

    /** Returns the URN of the questions of a batch whose end is posted. */
    public static CallbackUrl ofBatch(RequestId batch) {
        return new CallbackUrl(URI.create(BATCH + batch));
    }

    /** Returns the batch that the URN names; empty for a URL. */
    public Optional<RequestId> batch() {
        return batchOf(value);
    }

    private static Optional<RequestId> batchOf(URI value) {
        String text = value.toString();
        return text.startsWith(BATCH) ? Optional.of(RequestId.parse(text.substring(BATCH.length()))) : Optional.empty();
    }

    /**
     * Parses a value of a record: a URL, or the URN of a batch.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static CallbackUrl ofRecord(String text) {
        return text.startsWith(BATCH) ? new CallbackUrl(URI.create(text)) : parse(text);
    }

    /**
     * Parses a callback URL that a client sent.
     *
     * @throws IllegalArgumentException if the text is not a valid callback URL; the message gives the reason and does
     *     not quote the text
     */
    public static CallbackUrl parse(String text) {
        require(text.length() <= MAX_CHARACTERS, "must have at most " + MAX_CHARACTERS + " characters");
        require(!text.startsWith(BATCH), "must be an http or https URL");
        try {
            return new CallbackUrl(URI.create(text));
        } catch (IllegalArgumentException e) {
            throw e.getCause() == null ? e : new IllegalArgumentException("a callback_url must be a valid URL", e);
        }
    }

    /**
     * Returns true if the host is {@code localhost}, an IP address that is not public, or an ambiguous address such as
     * {@code 127.0.0.01}. Does not resolve host names.
     */
    public boolean hasPrivateAddress() {
        String host = value.getHost();
        if (!ADDRESS.matcher(host).matches()) {
            return LoopbackHost.matches(host);
        }
        try {
            return !PublicAddress.isPublic(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException("a callback_url " + rule);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
