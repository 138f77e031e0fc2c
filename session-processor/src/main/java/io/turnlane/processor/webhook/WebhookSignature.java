package io.turnlane.processor.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signatures of <a href="https://www.standardwebhooks.com">Standard Webhooks</a>: HMAC-SHA256 over id, time and body.
 * Each message has one signature per secret, so that operators can replace a secret while some receivers still use the
 * old one. Safe for use by multiple threads.
 */
public final class WebhookSignature {

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final List<SecretKeySpec> secrets;

    /**
     * Creates signatures with these secrets.
     *
     * @param secrets secrets, each {@code whsec_} followed by 24 to 64 random bytes in base64
     * @throws IllegalArgumentException if there is no secret or one is invalid; the message does not quote it
     */
    public WebhookSignature(List<String> secrets) {
        this.secrets = secrets.stream().map(WebhookSignature::key).toList();
        if (this.secrets.isEmpty()) {
            throw new IllegalArgumentException("webhooks require at least one secret for their signatures");
        }
    }

    private static SecretKeySpec key(String secret) {
        byte[] bytes;
        try {
            bytes = secret.startsWith(PREFIX)
                    ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
                    : new byte[0];
        } catch (IllegalArgumentException e) {
            bytes = new byte[0];
        }
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a webhook secret must be " + PREFIX + " and 24 to 64 bytes in base64");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    /** Returns the value of the signature header: {@code v1,<base64>} for each secret, separated by spaces. */
    public String of(String id, long epochSeconds, byte[] body) {
        byte[] head = (id + "." + epochSeconds + ".").getBytes(StandardCharsets.UTF_8);
        return secrets.stream().map(secret -> "v1," + hmac(secret, head, body)).collect(Collectors.joining(" "));
    }

    private static String hmac(SecretKeySpec secret, byte[] head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(head);
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
