package io.turnlane.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.topic.Topics;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaProblemTest {

    private static String describe(Throwable failure) {
        return KafkaProblem.of(new KafkaException(new ExecutionException(failure)))
                .orElse("");
    }

    @Test
    void saysWhatToCheck() {
        assertThat(describe(new SaslAuthenticationException("invalid credentials for s3cret")))
                .startsWith("Kafka rejected the credentials.")
                .doesNotContain("s3cret");
        assertThat(describe(new SslAuthenticationException(
                        "SSL handshake failed", new SSLHandshakeException("PKIX path building failed"))))
                .startsWith("The TLS handshake with Kafka failed: PKIX path building failed.")
                .contains("ssl.truststore.location");
        assertThat(describe(new TopicAuthorizationException(Set.of("turnlane.turns"))))
                .startsWith("Kafka denied an operation on the topics [turnlane.turns].");
        assertThat(describe(GroupAuthorizationException.forGroupId("turnlane-processors")))
                .startsWith("Kafka denied an operation on the consumer group turnlane-processors.");
        assertThat(describe(new ClusterAuthorizationException("no")))
                .startsWith("Kafka denied the operation.")
                .contains("docs/security.md");
        assertThat(describe(new KafkaAccessException("A sentence."))).isEqualTo("A sentence.");
    }

    @Test
    void doesNotDescribeOtherFailures() {
        assertThat(describe(new TimeoutException("60000 ms"))).isEmpty();
        assertThat(KafkaProblem.of(null)).isEmpty();
    }

    @Test
    void rightsAreMissingUnlessTheyAreAllowed() {
        KafkaRights rights = KafkaRights.ofProcessor(new Topics("t."), Set.of());
        assertThat(rights.missing("t.turns", Set.of(AclOperation.READ, AclOperation.DESCRIBE)))
                .containsExactly(AclOperation.WRITE);
        assertThat(rights.missing("t.control", Set.of(AclOperation.READ))).isEmpty();
        assertThat(rights.missing("t.shadow", Set.of())).isEmpty();
    }
}
