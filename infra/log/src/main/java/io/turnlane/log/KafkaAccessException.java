package io.turnlane.log;

/**
 * Thrown if Kafka does not allow a program what it needs: the credentials or the certificate are wrong, or a right is
 * missing. The message is a sentence for the operator, without values of settings. Retries fail until an operator has
 * corrected the access.
 */
public final class KafkaAccessException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    KafkaAccessException(String message) {
        super(message);
    }
}
