package io.turnlane.backends;

import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/** Kafka and Redis in containers. Loaded only if Testcontainers is on the class path. */
final class DockerTestBackends extends TestBackends {

    private static final String PASSWORD = "turnlane-test";

    private final KafkaContainer broker;
    private final GenericContainer<?> redis;

    private DockerTestBackends(KafkaContainer broker, GenericContainer<?> redis) {
        this.broker = broker;
        this.redis = redis;
    }

    static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // closed by close()
    static DockerTestBackends start() {
        KafkaContainer broker = new KafkaContainer(DockerImageName.parse("apache/kafka-native:4.2.1"))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
                .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1");
        GenericContainer<?> redis = new GenericContainer<>(DockerImageName.parse("redis:6.2-alpine"))
                .withCommand(
                        "redis-server",
                        "--requirepass",
                        PASSWORD,
                        "--appendonly",
                        "yes",
                        "--maxmemory-policy",
                        "noeviction")
                .withExposedPorts(6379);
        Startables.deepStart(broker, redis).join();
        return new DockerTestBackends(broker, redis);
    }

    @Override
    public Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.getBootstrapServers());
    }

    @Override
    public String redisUrl() {
        return "redis://:" + PASSWORD + "@" + redis.getHost() + ":" + redis.getMappedPort(6379);
    }

    @Override
    public void close() {
        broker.stop();
        redis.stop();
    }
}
