package io.turnlane.chaos.scenario;

import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.load.Canary;
import io.turnlane.chaos.load.RunClock;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Copies the records of a run from the topics to the run's folder. */
final class TopicDump {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration POLL = Duration.ofMillis(200);

    private final RunFolder folder;
    private final RunClock clock;

    TopicDump(RunFolder folder, RunClock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Creates a consumer without a group. */
    static Consumer<byte[], byte[]> consumer(Rig rig) {
        Properties settings = rig.kafka();
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "5000");
        settings.put("default.api.timeout.ms", "20000");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Copies the records from the start positions to the current ends. */
    void write(Consumer<byte[], byte[]> consumer, StartPositions from) throws IOException {
        Map<TopicPartition, Long> ends = StartPositions.ends(consumer);
        write(consumer, Topics.DEFAULT.turns(), from, ends, folder.turns());
        write(consumer, Topics.DEFAULT.events(), from, ends, folder.events());
        write(consumer, Topics.DEFAULT.quarantine(), from, ends, folder.quarantine());
    }

    private void write(
            Consumer<byte[], byte[]> consumer,
            String topic,
            StartPositions from,
            Map<TopicPartition, Long> ends,
            Path file)
            throws IOException {
        Map<TopicPartition, Long> left = new HashMap<>(ends);
        left.entrySet()
                .removeIf(end -> !end.getKey().topic().equals(topic)
                        || end.getValue() <= from.offsets().getOrDefault(end.getKey(), 0L));
        consumer.assign(left.keySet());
        left.keySet()
                .forEach(partition -> consumer.seek(partition, from.offsets().getOrDefault(partition, 0L)));
        try (LineWriter lines = LineWriter.buffered(file)) {
            while (!left.isEmpty()) {
                consumer.poll(POLL).forEach(read -> lines.write(line(read)));
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
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
                header(read, RecordHeaders.REQUEST_ID),
                header(read, RecordHeaders.TYPE),
                number(header(read, RecordHeaders.ATTEMPT)),
                number(header(read, RecordHeaders.SEQ)),
                clock.ofEpochMicros(read.timestamp() * 1000),
                Canary.in(question == null ? text : question),
                text,
                value.path("error").path("code").asString(header(read, RecordHeaders.ERROR_CODE)));
    }

    private static JsonNode json(byte @Nullable [] value) {
        try {
            return value == null ? JSON.createObjectNode() : JSON.readTree(value);
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> read, String name) {
        Header header = read.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static int number(@Nullable String text) {
        return text == null || !text.matches("\\d{1,9}") ? 0 : Integer.parseInt(text);
    }
}
