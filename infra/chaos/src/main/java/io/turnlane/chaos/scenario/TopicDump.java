package io.turnlane.chaos.scenario;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.fault.act.LogKeeper;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.load.Canary;
import io.turnlane.chaos.load.RunClock;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.log.HeaderText;
import io.turnlane.log.LogRange;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies the records of a run from the topics to the run's folder. Ignores records of other runs on the same rig. Used
 * only by the driver's thread.
 */
final class TopicDump implements LogKeeper {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Consumer<byte[], byte[]> consumer;
    private final RunFolder folder;
    private final RunClock clock;
    private final RunSessions sessions;
    /** Offset of the first record of each partition that is not copied yet. */
    private final Map<TopicPartition, Long> next;

    /** @param from positions at which the run begins */
    TopicDump(
            Consumer<byte[], byte[]> consumer,
            StartPositions from,
            RunFolder folder,
            RunClock clock,
            RunSessions sessions) {
        this.consumer = consumer;
        this.folder = folder;
        this.clock = clock;
        this.sessions = sessions;
        this.next = new HashMap<>(from.offsets());
    }

    /** Creates a consumer without a group. */
    static Consumer<byte[], byte[]> consumer(Rig rig) {
        Properties settings = rig.kafka();
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "5000");
        settings.put("default.api.timeout.ms", "20000");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Copies all records up to the current ends that are not copied yet. */
    void write() throws IOException {
        Map<TopicPartition, Long> ends = StartPositions.ends(consumer);
        copy(Topics.DEFAULT.turns(), ends, folder.turns());
        copy(Topics.DEFAULT.events(), ends, folder.events());
        copy(Topics.DEFAULT.quarantine(), ends, folder.quarantine());
    }

    @Override
    public void keepTurns(Map<TopicPartition, Long> ends) throws IOException {
        copy(Topics.DEFAULT.turns(), ends, folder.turns());
    }

    private void copy(String topic, Map<TopicPartition, Long> ends, Path file) throws IOException {
        List<LogRange> ranges = ends.entrySet().stream()
                .filter(end -> end.getKey().topic().equals(topic))
                .map(end -> new LogRange(end.getKey(), next.getOrDefault(end.getKey(), 0L), end.getValue()))
                .toList();
        try (LineWriter lines = LineWriter.buffered(file)) {
            LogRange.read(consumer, ranges, PATIENCE, read -> {
                TopicRecord line = line(read);
                next.put(new TopicPartition(read.topic(), read.partition()), read.offset() + 1);
                if (line.key() == null || !sessions.isForeign(Facts.sessionOf(line.key()))) {
                    lines.write(line);
                }
                return true;
            });
        }
        ranges.forEach(range -> next.merge(range.partition(), range.to(), Math::max));
    }

    private TopicRecord line(ConsumerRecord<byte[], byte[]> read) {
        JsonNode value = json(read.value());
        String text =
                value.path("text").asString(value.path("answer").path("text").asString(null));
        String question = value.path("question").asString(null);
        return new TopicRecord(
                read.partition(),
                read.offset(),
                read.key() == null ? null : new String(read.key(), StandardCharsets.UTF_8),
                HeaderText.get(read, RecordHeaders.REQUEST_ID),
                HeaderText.get(read, RecordHeaders.TYPE),
                number(read, RecordHeaders.ATTEMPT),
                number(read, RecordHeaders.SEQ),
                clock.ofEpochMicros(read.timestamp() * 1000),
                Canary.in(question == null ? text : question),
                text,
                value.path("error").path("code").asString(HeaderText.get(read, RecordHeaders.ERROR_CODE)),
                value.path("memory").asString(null));
    }

    private static JsonNode json(byte @Nullable [] value) {
        try {
            return value == null ? JSON.createObjectNode() : JSON.readTree(value);
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static int number(ConsumerRecord<byte[], byte[]> read, String name) {
        Long number = HeaderText.getNumber(read, name);
        return number == null || number > Integer.MAX_VALUE ? 0 : number.intValue();
    }
}
