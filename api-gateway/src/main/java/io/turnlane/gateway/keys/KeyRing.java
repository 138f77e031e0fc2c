package io.turnlane.gateway.keys;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.turnlane.model.ApiKey;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The API keys that stand, as far as this gateway has read of them. There are as many as operators have made: it is
 * bounded by them, not by callers.
 *
 * <p>Threading: the follower of the keys topic replaces all of them at once, any thread asks. While the topic is read
 * anew from its beginning the old state answers, so that a key that was revoked never stands again for a moment.
 */
public final class KeyRing {

    private static final byte[] NO_HASH = new byte[32];

    private final InstantSource clock;
    private volatile Map<String, ApiKey> keys = Map.of();
    private volatile boolean isLoaded;

    public KeyRing(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether the topic has been read once from its beginning to its end. */
    public boolean isLoaded() {
        return isLoaded;
    }

    /**
     * Whom this key belongs to.
     *
     * @return nothing where it is no key, unknown, of another secret, revoked or expired; which of them takes the same
     *     time to find out as far as the secret is concerned
     */
    public Optional<ApiKey> find(String text) {
        Optional<KeySecret> secret = KeySecret.parse(text);
        ApiKey stored = secret.map(sent -> keys.get(sent.id())).orElse(null);
        byte[] expected = stored == null ? NO_HASH : HexFormat.of().parseHex(stored.sha256());
        byte[] sent = secret.map(KeySecret::sha256).orElse(new byte[32]);
        boolean same = MessageDigest.isEqual(sent, expected);
        return same && stored != null && !stored.expired(clock.instant()) ? Optional.of(stored) : Optional.empty();
    }

    /** Whether the key of this id stands. */
    public boolean isValid(String id) {
        ApiKey stored = keys.get(id);
        return stored != null && !stored.expired(clock.instant());
    }

    /** From now on these are all. */
    void replace(Collection<ApiKey> all) {
        keys = all.stream().filter(key -> !key.revoked()).collect(toUnmodifiableMap(ApiKey::id, Function.identity()));
        isLoaded = true;
    }
}
