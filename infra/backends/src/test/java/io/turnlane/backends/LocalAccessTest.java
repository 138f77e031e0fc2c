package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access of other accounts on the machine, which can reach the ports of the backends and see their files. */
class LocalAccessTest {

    private static final String KEYS = "turnlane.keys";
    private static final String RECORDS = "conversation";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Map<String, Object> SHORT =
            Map.of("default.api.timeout.ms", 1_000, "request.timeout.ms", 500, "max.block.ms", 1_000);

    @TempDir
    static Path temp;

    private static DataFolder folder;
    private static Backends backends;

    @BeforeAll
    static void start() throws Exception {
        folder = DataFolder.claim(temp.resolve("new parent/data"));
        backends = Backends.on(folder, Backends.BackendOptions.embedded());
        backends.start();
        try (Admin admin = Admin.create(owner())) {
            admin.createTopics(List.of(new NewTopic(KEYS, 1, (short) 1)))
                    .all()
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        try (var producer = producer(owner())) {
            producer.send(new ProducerRecord<>(KEYS, "key", RECORDS)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        RedisClient.of(backends.redisUrl()).send("SET memory " + RECORDS);
    }

    @AfterAll
    static void stop() throws Exception {
        backends.close();
        folder.close();
    }

    private static Map<String, Object> owner() {
        return with(backends.kafkaClientSettings());
    }

    private static Map<String, Object> guesser() {
        return with(new BrokerLogin("guessed").clientSettings());
    }

    /** Returns the settings of a client without a login, which waits only briefly for an answer. */
    private static Map<String, Object> stranger() {
        return with(SHORT);
    }

    private static Map<String, Object> with(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", backends.bootstrapServers());
        return settings;
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    @Test
    void aClientWithoutTheLoginCannotWriteARecord() {
        assertThatThrownBy(() -> write(stranger())).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> write(guesser())).hasRootCauseInstanceOf(SaslAuthenticationException.class);
    }

    private static void write(Map<String, Object> settings) throws Exception {
        try (var producer = producer(settings)) {
            producer.send(new ProducerRecord<>(KEYS, "stolen", "key")).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void aClientWithoutTheLoginCannotReadARecord() {
        assertThatThrownBy(() -> read(stranger())).isInstanceOf(KafkaException.class);
        assertThatThrownBy(() -> read(guesser())).isInstanceOf(SaslAuthenticationException.class);
        assertThat(read(owner())).as("the owner can").isEqualTo(1);
    }

    private static long read(Map<String, Object> settings) {
        TopicPartition partition = new TopicPartition(KEYS, 0);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            return consumer.endOffsets(List.of(partition)).get(partition);
        }
    }

    @Test
    void aClientWithoutTheLoginCannotReachTheController() throws Exception {
        assertThatThrownBy(() -> quorum(stranger())).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> quorum(guesser())).hasRootCauseInstanceOf(SaslAuthenticationException.class);
        assertThat(quorum(owner())).as("the owner can").isOne();
    }

    private static int quorum(Map<String, Object> settings) throws Exception {
        RunState.EmbeddedBroker broker =
                DataFolder.read(folder.path()).orElseThrow().broker();
        settings.remove("bootstrap.servers");
        settings.put("bootstrap.controllers", "127.0.0.1:" + broker.controllerPort());
        try (Admin admin = Admin.create(settings)) {
            return admin.describeMetadataQuorum()
                    .quorumInfo()
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .leaderId();
        }
    }

    @Test
    void theClientFileAdmitsToolsOfTheOwner() throws Exception {
        Properties settings = new Properties();
        settings.load(Files.newBufferedReader(folder.kafkaClientFile()));
        try (Admin admin = Admin.create(settings)) {
            assertThat(admin.listTopics().names().get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .contains(KEYS);
        }
    }

    @Test
    void otherAccountsHaveNoAccessToAnyFile() throws Exception {
        assertThat(permissions(folder.path())).isEqualTo("rwx------");
        Collection<Path> all = walk(folder.path());
        assertThat(all).map(Path::toString).anyMatch(file -> file.endsWith(".log"));
        assertThat(all).map(Path::toString).anyMatch(file -> file.contains("appendonly"));
        assertThat(all).filteredOn(LocalAccessTest::isShared).isEmpty();
    }

    @Test
    void theNextStartKeepsTheLogin() {
        assertThat(DataFolder.read(folder.path()).orElseThrow().kafkaClientSettings())
                .isEqualTo(backends.kafkaClientSettings());
    }

    @Test
    void anExistingDataFolderBecomesPrivate(@TempDir Path old) throws Exception {
        Path data = Files.createDirectory(old.resolve("data"));
        for (String name : List.of("kafka/log/turns-0", "redis", "logs")) {
            Files.createDirectories(data.resolve(name));
            Files.writeString(data.resolve(name).resolve("file"), RECORDS);
        }
        Files.writeString(data.resolve("run.json"), "{}");
        for (Path each : walk(data)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        DataFolder.claim(data).close();
        assertThat(walk(data)).filteredOn(LocalAccessTest::isShared).isEmpty();
    }

    /** If the data folder is also used for other things, for example /tmp, others keep their access to those. */
    @Test
    void filesOfOtherProgramsKeepTheirPermissions(@TempDir Path old) throws Exception {
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path foreign = Files.writeString(old.resolve("foreign"), "");
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectory(old.resolve("kafka"));
        DataFolder.claim(old).close();
        assertThat(permissions(old)).isEqualTo("rwxrwxrwx");
        assertThat(permissions(foreign)).isEqualTo("rw-r--r--");
        assertThat(permissions(old.resolve("kafka"))).isEqualTo("rwx------");
    }

    @Test
    void explainsThatAFolderOfAnotherAccountCannotBeUsed(@TempDir Path other) throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "root can use all folders");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("---------"));
        assertThatThrownBy(() -> DataFolder.claim(other))
                .hasMessageContaining("This account cannot use the data folder");
        assertThatThrownBy(() -> DataFolder.read(other))
                .hasMessageContaining("This account cannot use the data folder");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Collection<Path> walk(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            return all.toList();
        }
    }

    private static boolean isShared(Path path) {
        try {
            Set<PosixFilePermission> granted = Files.getPosixFilePermissions(path);
            return granted.stream().anyMatch(permission -> !permission.name().startsWith("OWNER"));
        } catch (IOException e) {
            return false; // deleted meanwhile
        }
    }
}
