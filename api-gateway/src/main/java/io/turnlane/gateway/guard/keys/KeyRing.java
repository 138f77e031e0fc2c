package io.turnlane.gateway.guard.keys;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.turnlane.model.ApiKey;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * API keys that are not revoked, as of the last record of the keys topic that this gateway has read. Only operators
 * create keys, so callers cannot make the ring grow.
 *
 * <p>Threading: the follower of the keys topic replaces all keys at once; any thread may read. While the follower reads
 * the topic again from its beginning, the ring keeps its previous state. Otherwise a revoked key would be valid again
 * until its revocation is read.
 */
@Component
public final class KeyRing {

    private static final byte[] NO_HASH = new byte[32];

    private final InstantSource clock;
    private volatile Map<String, ApiKey> keys = Map.of();
    private volatile boolean isLoaded;

    public KeyRing(InstantSource clock) {
        this.clock = clock;
    }

    /** Returns true if the keys topic has been read completely at least once. */
    public boolean isLoaded() {
        return isLoaded;
    }

    /**
     * Returns the valid API key that a caller sent.
     *
     * @return empty if the text is not a key, if its secret is wrong, or if the key is unknown, revoked or expired. The
     *     time of the call does not reveal how much of the secret is correct.
     */
    public Optional<ApiKey> find(String text) {
        Optional<KeySecret> secret = KeySecret.parse(text);
        ApiKey stored = secret.map(sent -> keys.get(sent.id())).orElse(null);
        byte[] expected = stored == null ? NO_HASH : HexFormat.of().parseHex(stored.sha256());
        byte[] sent = secret.map(KeySecret::sha256).orElse(new byte[32]);
        boolean matches = MessageDigest.isEqual(sent, expected);
        return matches && stored != null && !stored.expired(clock.instant()) ? Optional.of(stored) : Optional.empty();
    }

    /** Returns true if the key with this id is neither revoked nor expired. */
    public boolean isValid(String id) {
        ApiKey stored = keys.get(id);
        return stored != null && !stored.expired(clock.instant());
    }

    public void replace(Collection<ApiKey> all) {
        keys = all.stream().filter(key -> !key.revoked()).collect(toUnmodifiableMap(ApiKey::id, Function.identity()));
        isLoaded = true;
    }
}
