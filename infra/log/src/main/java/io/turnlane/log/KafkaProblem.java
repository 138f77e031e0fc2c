package io.turnlane.log;

import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Describes failures of Kafka clients whose cause is the access: credentials, certificates or rights. The descriptions
 * contain no values of settings, because these can be secret.
 */
public final class KafkaProblem {

    private static final String RIGHTS = ". docs/security.md lists the ACLs of each program.";

    private KafkaProblem() {}

    /** Returns the description of the failure, as a sentence; empty if its cause is not the access to Kafka. */
    public static Optional<String> of(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case KafkaAccessException described -> {
                    return Optional.of(String.valueOf(described.getMessage()));
                }
                case SslAuthenticationException handshake -> {
                    return Optional.of("The TLS handshake with Kafka failed" + reason(handshake)
                            + ". Check that ssl.truststore.location contains the authority that signed the brokers'"
                            + " certificates, and that these certificates contain the host names in"
                            + " bootstrap.servers.");
                }
                case AuthenticationException _ -> {
                    return Optional.of("Kafka rejected the credentials. Check security.protocol, sasl.mechanism and"
                            + " sasl.jaas.config, in the file of --kafka-config or KAFKA_CONFIG_FILE, or as"
                            + " spring.kafka.properties.");
                }
                case TopicAuthorizationException denied
                when !denied.unauthorizedTopics().isEmpty() -> {
                    return Optional.of("Kafka denied an operation on the topics "
                            + new TreeSet<>(denied.unauthorizedTopics()) + ". Check the ACLs of this Kafka user"
                            + RIGHTS);
                }
                case GroupAuthorizationException denied -> {
                    return Optional.of("Kafka denied an operation on the consumer group " + denied.groupId()
                            + ". Check the ACLs of this Kafka user" + RIGHTS);
                }
                case AuthorizationException _ -> {
                    return Optional.of("Kafka denied the operation. Check the ACLs of this Kafka user" + RIGHTS);
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    /**
     * Completes a log line about a failure: with its description if its cause is the access to Kafka, otherwise with
     * the stack trace.
     */
    public static void log(LoggingEventBuilder line, String message, Throwable failure) {
        of(failure)
                .ifPresentOrElse(
                        description -> line.log(message + ". " + description),
                        () -> line.setCause(failure).log(message));
    }

    /** Returns the reason that the Java TLS implementation gives, which contains no secrets. */
    private static String reason(SslAuthenticationException handshake) {
        String reason = "";
        for (Throwable cause = handshake.getCause(); cause != null; cause = cause.getCause()) {
            reason = ": " + cause.getMessage();
        }
        return reason;
    }
}
