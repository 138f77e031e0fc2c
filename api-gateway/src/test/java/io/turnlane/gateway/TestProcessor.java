package io.turnlane.gateway;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.turnlane.backends.TestBackends;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Minimal processor for tests: reads turns, publishes the events that a test scripts, and writes the records of a
 * processor. Turns with the script {@link #MANUAL} are only queued for {@link #nextTurn}.
 */
public final class TestProcessor implements AutoCloseable {

    /** Script that publishes nothing, because the test publishes the events itself. */
    public static final Consumer<ReceivedTurn> MANUAL = _ -> {};

    private final WireFormat wire = new WireFormat();
    private final String turnsTopic;
    private final String eventsTopic;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final RedisClient redisClient;
    private final StatefulRedisConnection<String, byte[]> redis;
    private final BlockingQueue<ReceivedTurn> received = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile Consumer<ReceivedTurn> script = turn -> turn.answer("You said: " + turn.ask.question());
    private volatile boolean stopping;

    public TestProcessor(TestGateway gateway) {
        turnsTopic = gateway.topics().turns();
        eventsTopic = gateway.topics().events();
        TestBackends backends = gateway.backends();
        consumer = new KafkaConsumer<>(
                backends.kafka(Map.of("auto.offset.reset", "earliest", "fetch.max.wait.ms", 50)),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                backends.kafka(Map.of("acks", "all", "max.request.size", 4_000_000, "compression.type", "lz4")),
                new StringSerializer(),
                new ByteArraySerializer());
        redisClient = RedisClient.create(backends.redisUrl());
        redis = redisClient.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        List<TopicPartition> partitions = consumer.partitionsFor(turnsTopic).stream()
                .map(p -> new TopicPartition(turnsTopic, p.partition()))
                .toList();
        // A processor stores that the data of its partitions is complete.
        partitions.forEach(one -> redis.sync()
                .set(MemoryKeys.lastRebuild(turnsTopic, one.partition()), "{}".getBytes(StandardCharsets.UTF_8)));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = Thread.ofPlatform().name("test-processor").start(this::run);
    }

    /** Sets the script for further turns. */
    public TestProcessor withScript(Consumer<ReceivedTurn> script) {
        this.script = script;
        return this;
    }

    /** Returns the next command that was read from the log. */
    public ReceivedTurn nextTurn() throws InterruptedException {
        ReceivedTurn turn = received.poll(20, TimeUnit.SECONDS);
        if (turn == null) {
            throw new AssertionError("no command received");
        }
        return turn;
    }

    /** Writes statistics that show a live processor with these agents. */
    public void publishStatistics(ProcessorStatistics figures) {
        redis.sync()
                .zadd(
                        MemoryKeys.processors(),
                        System.currentTimeMillis(),
                        figures.processor().getBytes(StandardCharsets.UTF_8));
        redis.sync().psetex(MemoryKeys.processor(figures.processor()), 60_000, wire.writeValue(figures));
    }

    public void publishDetail(ProcessorDetail detail) {
        redis.sync().psetex(MemoryKeys.processorDetail(detail.processor()), 60_000, wire.writeValue(detail));
    }

    public void removeStatistics(String processor) {
        redis.sync().del(MemoryKeys.processorDetail(processor));
        redis.sync().zrem(MemoryKeys.processors(), processor.getBytes(StandardCharsets.UTF_8));
        redis.sync().del(MemoryKeys.processor(processor));
    }

    public StatefulRedisConnection<String, byte[]> redis() {
        return redis;
    }

    private void run() {
        try {
            while (!stopping) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    ReceivedTurn turn = new ReceivedTurn(record);
                    received.add(turn);
                    if (turn.ask != null) {
                        script.accept(turn);
                    }
                }
            }
        } catch (WakeupException e) {
            // The processor is closing.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Command read from the log, with methods to publish its events. */
    public final class ReceivedTurn {

        public final ConsumerRecord<String, byte[]> record;
        public final SessionCommand command;
        public final Ask ask;
        private int attempt = 1;
        private int seq;
        private int pos;

        ReceivedTurn(ConsumerRecord<String, byte[]> record) throws Exception {
            this.record = record;
            this.command = wire.readCommand(header(RecordHeaders.TYPE), record.value());
            this.ask = command instanceof Ask asked ? asked : null;
            if (command instanceof DeleteSession) {
                MemoryKeys keys = new MemoryKeys(command.key());
                redis.sync().del(keys.context(), keys.history(), keys.life());
            }
        }

        public String header(String name) {
            var header = record.headers().lastHeader(name);
            return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }

        public ReceivedTurn attempt(int attempt) {
            this.attempt = attempt;
            seq = 0;
            pos = 0;
            return this;
        }

        public ReceivedTurn publish(TurnEvent.Body body) {
            return emit(attempt, seq++, body);
        }

        public ReceivedTurn delta(String text) {
            publish(new TurnEvent.Delta(text, pos));
            pos += text.codePointCount(0, text.length());
            return this;
        }

        public ReceivedTurn emit(int attempt, int seq, TurnEvent.Body body) {
            TurnEvent event = new TurnEvent(ask.requestId(), ask.sessionId(), attempt, seq, Instant.now(), body);
            ProducerRecord<String, byte[]> out =
                    new ProducerRecord<>(eventsTopic, record.partition(), record.key(), wire.write(event));
            put(out, RecordHeaders.TYPE, body.type());
            put(out, RecordHeaders.REQUEST_ID, ask.requestId().toString());
            put(out, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
            put(out, RecordHeaders.ATTEMPT, Integer.toString(attempt));
            put(out, RecordHeaders.SEQ, Integer.toString(seq));
            put(out, RecordHeaders.TURN, Long.toString(record.offset()));
            if (body instanceof TurnEvent.Completed completed && completed.times() != null) {
                put(out, RecordHeaders.TIMES, completed.times().toHeader());
            }
            producer.send(out);
            return this;
        }

        private static void put(ProducerRecord<String, byte[]> out, String name, String value) {
            out.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
        }

        public void answer(String text) {
            publish(new TurnEvent.Started()).delta(text).complete(text);
        }

        public void complete(String text) {
            complete(new Answer(text, 0.75, List.of(), List.of(), io.turnlane.model.Usage.NONE));
        }

        public void complete(Answer answer) {
            store(RequestStatus.COMPLETED, Map.of("answer", Checksummed.seal(wire.writeValue(answer))));
            remember(answer.text());
            publish(new TurnEvent.Completed(answer));
            producer.flush();
        }

        /** Stores an answer and these times in the request record, and publishes nothing. */
        public void storeCompleted(Answer answer, RequestTimes times) {
            store(RequestStatus.COMPLETED, Map.of("answer", Checksummed.seal(wire.writeValue(answer))));
            redis.sync()
                    .hset(
                            new MemoryKeys(ask.key()).request(ask.requestId()),
                            Map.of(
                                    "begun_at", millis(times.begunAt()),
                                    "started_at", millis(times.startedAt()),
                                    "finished_at", millis(times.finishedAt())));
        }

        private static byte[] millis(Instant time) {
            return bytes(Long.toString(time.toEpochMilli()));
        }

        public void fail(ErrorCode code, String message) {
            TurnError error = TurnError.of(code, message);
            store(RequestStatus.FAILED, Map.of("error", wire.writeValue(error)));
            publish(new TurnEvent.Failed(error));
            producer.flush();
        }

        /** Stores an end without an answer. The test publishes the terminal event itself. */
        public void storeTerminalStatus(RequestStatus status, String reason, String by) {
            store(status, Map.of("reason", bytes(reason), "by", bytes(by == null ? "" : by)));
        }

        private void store(RequestStatus status, Map<String, byte[]> fields) {
            MemoryKeys keys = new MemoryKeys(ask.key());
            // The system clock may be behind the clock of the gateway, which follows Redis.
            long now = Math.max(System.currentTimeMillis(), ask.createdAt().toEpochMilli() + 1);
            redis.sync().hset(keys.request(ask.requestId()), fields);
            redis.sync()
                    .hset(
                            keys.request(ask.requestId()),
                            Map.of(
                                    "status", bytes(status.wire()),
                                    "question", bytes(ask.question()),
                                    "agent", bytes(ask.agent()),
                                    "created_at",
                                            bytes(Long.toString(ask.createdAt().toEpochMilli())),
                                    "attempt", bytes(Integer.toString(attempt)),
                                    "started_at", bytes(Long.toString(now)),
                                    "finished_at", bytes(Long.toString(now)),
                                    "processor", bytes("test-processor"),
                                    "phases",
                                            bytes("{\"RECEIVED\":%d,\"COMPLETED\":%d}"
                                                    .formatted(ask.createdAt().toEpochMilli(), now))));
            redis.sync().zrem(keys.openRequestIds(), bytes(ask.requestId().toString()));
        }

        private void remember(String text) {
            PastTurn past = new PastTurn(
                    ask.requestId(),
                    RequestStatus.COMPLETED,
                    ask.question(),
                    text,
                    0.75,
                    List.of(),
                    Duration.between(ask.createdAt(), Instant.now()),
                    Instant.now());
            redis.sync().rpush(new MemoryKeys(ask.key()).history(), Checksummed.seal(wire.writeValue(past)));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        producer.close();
        redis.close();
        redisClient.shutdown();
    }
}
