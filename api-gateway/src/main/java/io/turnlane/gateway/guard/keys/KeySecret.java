package io.turnlane.gateway.guard.keys;

import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import io.turnlane.model.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * API key with its secret, as its owner sends it: {@code tl_<id>_<secret>}, an id of 48 bits and a random secret of 160
 * bits, both in hex. The prefix allows scanners of public repositories to recognise leaked keys.
 */
public final class KeySecret {

    private static final Pattern SHAPE = Pattern.compile("tl_([0-9a-f]{12})_[0-9a-f]{40}");
    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 20;

    private final String id;
    private final String text;

    private KeySecret(String id, String text) {
        this.id = id;
        this.text = text;
    }

    public static KeySecret random(SecureRandom random) {
        byte[] bytes = new byte[ID_BYTES + SECRET_BYTES];
        random.nextBytes(bytes);
        String id = HEX.formatHex(bytes, 0, ID_BYTES);
        return new KeySecret(id, "tl_" + id + "_" + HEX.formatHex(bytes, ID_BYTES, bytes.length));
    }

    /** Parses the text that a caller sent; empty if it does not have the form of a key. */
    static Optional<KeySecret> parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        return shape.matches() ? Optional.of(new KeySecret(shape.group(1), text)) : Optional.empty();
    }

    /** Returns the id of the key, which is not secret. */
    public String id() {
        return id;
    }

    /** Returns the whole key, to be shown to its owner only. */
    public String reveal() {
        return text;
    }

    /** Returns the form of the key that is stored: its hash and its properties, without the secret. */
    public ApiKey stored(
            String userId, Set<Scope> scopes, @Nullable String name, Instant now, @Nullable Instant expiresAt) {
        return new ApiKey(id, HEX.formatHex(sha256()), userId, scopes, name, now, expiresAt, null);
    }

    byte[] sha256() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the key without its secret, safe for logs. */
    @Override
    public String toString() {
        return "tl_" + id + "_…";
    }
}
