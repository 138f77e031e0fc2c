package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The tests run at the same time, because most of them wait for starts and ends of processes. */
@Execution(ExecutionMode.CONCURRENT)
class BackendsTest {

    /** The pair of {@link TestBackends#forFaults}, which only one of these tests may stop. */
    private static final String FAULTS = "backends for faults";

    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    Path temp;

    @Test
    @ResourceLock(FAULTS)
    void keepTheirDataWhenTheyAreKilled() throws Exception {
        EmbeddedTestBackends backends = TestBackends.forFaults();
        append(backends.kafka(), "kept");
        RedisClient.of(backends.redisUrl()).send("SET k kept");
        awaitSync(backends.redisUrl());

        backends.broker().kill();
        backends.redis().kill();
        backends.redis().start();
        backends.broker().start();

        assertThat(readFirst(backends.kafka())).isEqualTo("kept");
        assertThat(RedisClient.of(backends.redisUrl()).send("GET k")).isEqualTo("kept");
    }

    @Test
    void restartsProcessesThatEndUnexpectedly() throws Exception {
        try (DataFolder folder = DataFolder.claim(temp);
                Backends backends = Backends.on(folder, Backends.BackendOptions.embedded())) {
            backends.start();
            RunState before = DataFolder.read(temp).orElseThrow();
            before.broker().process().find().orElseThrow().destroyForcibly();
            before.redis().process().find().orElseThrow().destroyForcibly();

            await().atMost(LIMIT).until(() -> {
                RunState now = DataFolder.read(temp).orElseThrow();
                return !Objects.equals(now.broker().process(), before.broker().process())
                        && !Objects.equals(now.redis().process(), before.redis().process());
            });
            append(kafka(DataFolder.read(temp).orElseThrow()), "serves again");
            await().atMost(LIMIT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() ->
                            RedisClient.of(backends.redisUrl()).send("PING").equals("+PONG"));
        }
    }

    @Test
    void endWhenTheirParentIsKilled() throws Exception {
        Process parent = Holder.start(temp);
        RunState left = Holder.awaitReady(temp, parent);

        parent.destroyForcibly().waitFor();

        assertThat(left.broker().process().find()).isPresent();
        await().atMost(LIMIT)
                .until(() -> left.broker().process().find().isEmpty()
                        && left.redis().process().find().isEmpty());
    }

    @Test
    void takesTheFolderOverAfterAKill() throws Exception {
        Process parent = Holder.start(temp);
        RunState left = Holder.awaitReady(temp, parent);
        append(kafka(left), "from before");
        parent.destroyForcibly().waitFor();

        try (DataFolder folder = DataFolder.claim(temp);
                Backends backends = Backends.on(folder, Backends.BackendOptions.embedded())) {
            backends.start();
            assertThat(left.broker().process().find()).isEmpty();
            assertThat(left.redis().process().find()).isEmpty();
            assertThat(readFirst(kafka(left))).isEqualTo("from before");
            assertThat(backends.bootstrapServers()).isEqualTo(left.kafkaBootstrapServers());
            assertThat(backends.redisUrl()).isEqualTo(left.redisUrl());
        }
    }

    @Test
    @ResourceLock(FAULTS)
    void stopsAnUnrecordedRedisIfItAcceptsThePassword() throws Exception {
        EmbeddedTestBackends backends = TestBackends.forFaults();
        RunState recorded = DataFolder.read(backends.folder()).orElseThrow();
        RunState.EmbeddedRedis redis = recorded.redis();

        OrphanedBackends.stop(new RunState(
                recorded.owner(),
                null,
                recorded.kafkaBootstrapServers(),
                recorded.redisUrl(),
                null,
                new RunState.EmbeddedRedis(redis.port(), "another", null)));
        assertThat(redis.process().find()).isPresent();

        OrphanedBackends.stop(
                recorded.withBroker(null).withRedis(new RunState.EmbeddedRedis(redis.port(), redis.password(), null)));
        await().atMost(LIMIT).until(() -> redis.process().find().isEmpty());
        backends.redis().awaitEnd();
    }

    @Test
    void rejectsASecondStartAndNamesTheFirst() throws Exception {
        Process parent = Holder.start(temp);
        try {
            Holder.awaitReady(temp, parent);
            assertThatThrownBy(() -> DataFolder.claim(temp))
                    .isInstanceOf(AlreadyRunningException.class)
                    .hasMessageContaining("http://127.0.0.1:1234")
                    .hasMessageContaining("pid " + parent.pid());
        } finally {
            parent.destroy();
            parent.waitFor();
        }
        assertThat(temp.resolve("run.json")).doesNotExist();
        DataFolder.claim(temp).close();
    }

    @Test
    void startsNothingIfBothBackendsAreExternal() throws Exception {
        Backends.BackendOptions external = new Backends.BackendOptions(
                Optional.of("kafka.example:9092"), Optional.of("redis://redis.example:6379"), 0, 0, 0);
        try (DataFolder folder = DataFolder.claim(temp);
                Backends backends = Backends.on(folder, external)) {
            backends.start();
            assertThat(backends.bootstrapServers()).isEqualTo("kafka.example:9092");
            assertThat(backends.kafkaClientSettings()).isEmpty();
            assertThat(DataFolder.read(temp).orElseThrow().broker()).isNull();
            assertThat(Files.exists(temp.resolve("kafka"))).isFalse();
        }
    }

    /** Waits until the append-only file is synced; otherwise a kill would lose the writes of the last second. */
    private static void awaitSync(String redisUrl) throws IOException {
        RedisClient.of(redisUrl).send("BGREWRITEAOF");
        await().atMost(LIMIT)
                .until(() -> RedisClient.of(redisUrl)
                        .send(
                                "EVAL \"local p=redis.call('info','persistence') return string.match(p,'aof_rewrite_in_progress:(%d)')\" 0")
                        .equals("0"));
    }

    private static Map<String, Object> kafka(RunState state) {
        Map<String, Object> connection = new HashMap<>(state.kafkaClientSettings());
        connection.put("bootstrap.servers", state.kafkaBootstrapServers());
        return connection;
    }

    private static void append(Map<String, Object> kafka, String value) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            if (!admin.listTopics().names().get(20, TimeUnit.SECONDS).contains("facts")) {
                admin.createTopics(List.of(new NewTopic("facts", 1, (short) 1)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
        }
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("facts", value)).get(20, TimeUnit.SECONDS);
        }
    }

    private static String readFirst(Map<String, Object> kafka) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(kafka, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("facts", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return await().atMost(LIMIT)
                    .until(() -> consumer.poll(Duration.ofMillis(200)), records -> !records.isEmpty())
                    .iterator()
                    .next()
                    .value();
        }
    }
}
