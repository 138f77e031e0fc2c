package io.turnlane.model.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * PEM files for TLS connections to Redis.
 *
 * @param authority certificates of the authorities that clients trust; null for those of the Java installation
 * @param certificate certificate with which a client identifies itself; null if Redis does not require one
 * @param key private key of this certificate; null if there is no certificate
 */
public record RedisTls(
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key) {

    /** Environment variable that names the file with the authorities. */
    public static final String AUTHORITY = "REDIS_CA_FILE";

    /** Environment variable that names the file with the client's certificate. */
    public static final String CERTIFICATE = "REDIS_CERT_FILE";

    /** Environment variable that names the file with the client's private key. */
    public static final String KEY = "REDIS_KEY_FILE";

    private static final String BUNDLE = "turnlane-redis";
    private static final String SPRING_BUNDLE = "spring.ssl.bundle.pem." + BUNDLE;

    /**
     * Reads the environment variables.
     *
     * @param variables returns the value of a variable, or null if it is not set
     * @throws IllegalStateException if a file cannot be read, if only one of certificate and key is named, or if
     *     {@code REDIS_URL} names a connection without TLS
     */
    public static RedisTls of(Function<String, @Nullable String> variables) {
        RedisTls tls = new RedisTls(file(variables, AUTHORITY), file(variables, CERTIFICATE), file(variables, KEY));
        if ((tls.certificate == null) != (tls.key == null)) {
            throw new IllegalStateException(CERTIFICATE + " and " + KEY + " must be set together.");
        }
        String url = variables.apply("REDIS_URL");
        if (tls.isNamed() && url != null && url.startsWith("redis:")) {
            throw new IllegalStateException("REDIS_URL starts with redis://, which does not use TLS, but " + AUTHORITY
                    + " or " + CERTIFICATE + " is set. Use rediss://, or unset them.");
        }
        return tls;
    }

    private static @Nullable Path file(Function<String, @Nullable String> variables, String name) {
        String value = variables.apply(name);
        if (value == null || value.isBlank()) {
            return null;
        }
        Path file = Path.of(value);
        if (!Files.isReadable(file)) {
            throw new IllegalStateException(name + ": cannot read " + file + ". Check its path and its permissions.");
        }
        return file;
    }

    private boolean isNamed() {
        return authority != null || certificate != null;
    }

    /** Returns the properties with which Spring uses the files; empty if there are no files. */
    public Map<String, String> springProperties() {
        Map<String, String> all = new HashMap<>();
        if (authority != null) {
            all.put(SPRING_BUNDLE + ".truststore.certificate", location(authority));
        }
        if (certificate != null && key != null) {
            all.put(SPRING_BUNDLE + ".keystore.certificate", location(certificate));
            all.put(SPRING_BUNDLE + ".keystore.private-key", location(key));
        }
        if (!all.isEmpty()) {
            all.put("spring.data.redis.ssl.bundle", BUNDLE);
        }
        return all;
    }

    private static String location(Path file) {
        return file.toUri().toString();
    }
}
