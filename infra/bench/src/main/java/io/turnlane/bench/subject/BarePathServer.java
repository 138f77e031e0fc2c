package io.turnlane.bench.subject;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The bare path: the same way as a turn of Turnlane, without its guarantees. A question is published to a topic, waits
 * in the queue of its session, runs one script before and one after the answer, and its answer is published as one
 * event. Nothing is retried, nothing is bounded, and offsets are committed whether the answers are stored or not. The
 * throughput of this server is a realistic upper bound for a design with these parts on this machine.
 */
public final class BarePathServer implements AskServer.Answering {

    private static final String TURNS = "bench-bare-turns";
    private static final String EVENTS = "bench-bare-events";
    private static final String REQUEST_ID = "rid";
    private static final String FENCE = "7";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_NANOS = Duration.ofSeconds(1).toNanos();

    private final ServerArguments arguments;
    private final KafkaProducer<String, byte[]> turns;
    private final KafkaProducer<String, byte[]> events;
    private final RedisCommands<String, String> redis;
    private final String begin;
    private final String commit;
    private final ConcurrentMap<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Queue<ConsumerRecord<String, byte[]>>> lanes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> versions = new ConcurrentHashMap<>();
    private final ExecutorService laneThreads = Executors.newVirtualThreadPerTaskExecutor();

    private BarePathServer(ServerArguments arguments) throws IOException {
        this.arguments = arguments;
        this.turns = producer();
        this.events = producer();
        this.redis = RedisClient.create(arguments.redisUrl()).connect().sync();
        this.begin = redis.scriptLoad(script("begin.lua"));
        this.commit = redis.scriptLoad(script("commit.lua"));
    }

    public static void main(String[] args) throws Exception {
        ServerArguments arguments = ServerArguments.parse(args);
        BareTopics.create(arguments.kafka(), TURNS, EVENTS);
        BarePathServer server = new BarePathServer(arguments);
        Thread.ofPlatform().daemon().name("events").start(server::followEvents);
        Thread.ofPlatform().daemon().name("turns").start(server::pollTurns);
        AskServer.run(arguments.port(), server);
    }

    private static String script(String name) throws IOException {
        try (InputStream text =
                Objects.requireNonNull(BarePathServer.class.getResourceAsStream("/turnlane-bench/" + name))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(
                arguments.kafkaWith(Map.of("linger.ms", "0", "acks", "all")),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private KafkaConsumer<String, byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = arguments.kafkaWith(settings);
        all.put("enable.auto.commit", "false");
        all.put("max.poll.records", "1000");
        return new KafkaConsumer<>(all, new StringDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public byte[] answer(String session, String question) throws Exception {
        String request = UUID.randomUUID().toString();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        waiting.put(request, answer);
        var record = new ProducerRecord<>(TURNS, session, question.getBytes(StandardCharsets.UTF_8));
        record.headers().add(REQUEST_ID, request.getBytes(StandardCharsets.UTF_8));
        var _ = turns.send(record);
        return answer.get(30, TimeUnit.SECONDS);
    }

    private void pollTurns() {
        var consumer = consumer(Map.of("group.id", "bench-bare", "auto.offset.reset", "earliest"));
        consumer.subscribe(List.of(TURNS));
        long committed = System.nanoTime();
        while (true) {
            consumer.poll(POLL).forEach(this::enqueue);
            if (System.nanoTime() - committed > COMMIT_NANOS) {
                consumer.commitAsync();
                committed = System.nanoTime();
            }
        }
    }

    private void enqueue(ConsumerRecord<String, byte[]> record) {
        lanes.compute(record.key(), (session, queue) -> {
            Queue<ConsumerRecord<String, byte[]>> lane = queue == null ? new ArrayDeque<>() : queue;
            lane.add(record);
            if (queue == null) {
                laneThreads.execute(() -> runLane(session));
            }
            return lane;
        });
    }

    private void runLane(String session) {
        for (var record = next(session); record != null; record = next(session)) {
            runTurn(session, record);
        }
    }

    /** Returns the next record of the lane, or removes the lane and returns null if it is empty. */
    private @Nullable ConsumerRecord<String, byte[]> next(String session) {
        List<ConsumerRecord<String, byte[]>> taken = new java.util.ArrayList<>(1);
        lanes.computeIfPresent(session, (_, lane) -> {
            ConsumerRecord<String, byte[]> head = lane.poll();
            if (head == null) {
                return null;
            }
            taken.add(head);
            return lane;
        });
        return taken.isEmpty() ? null : taken.getFirst();
    }

    private void runTurn(String session, ConsumerRecord<String, byte[]> record) {
        String request = header(record);
        String question = new String(record.value(), StandardCharsets.UTF_8);
        String[] keys = {
            "bench:{" + session + "}:s", "bench:{" + session + "}:r:" + request, "bench:{" + session + "}:t"
        };
        redis.evalsha(begin, ScriptOutputType.MULTI, keys, FENCE, versions.getOrDefault(session, ""));
        String answer = "echo: " + question;
        String turn = "{\"question\":\"" + question + "\",\"answer\":\"" + answer + "\"}";
        Long version = redis.evalsha(
                commit, ScriptOutputType.INTEGER, keys, FENCE, turn, Long.toString(System.currentTimeMillis()));
        versions.put(session, String.valueOf(version));
        String event = "{\"session_id\":\"" + session + "\",\"request_id\":\"" + request
                + "\",\"type\":\"completed\",\"attempt\":1,\"answer\":{\"text\":\"" + answer + "\"}}";
        var published = new ProducerRecord<>(EVENTS, session, event.getBytes(StandardCharsets.UTF_8));
        published.headers().add(REQUEST_ID, request.getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        var _ = events.send(published, (_, _) -> acknowledged.complete(null));
        acknowledged.join();
    }

    private static String header(ConsumerRecord<String, byte[]> record) {
        return new String(record.headers().lastHeader(REQUEST_ID).value(), StandardCharsets.UTF_8);
    }

    private void followEvents() {
        var consumer = consumer(Map.of("group.id", "bench-bare-events", "auto.offset.reset", "latest"));
        consumer.assign(consumer.partitionsFor(EVENTS).stream()
                .map(partition -> new TopicPartition(EVENTS, partition.partition()))
                .toList());
        consumer.seekToEnd(consumer.assignment());
        while (true) {
            for (ConsumerRecord<String, byte[]> event : consumer.poll(POLL)) {
                CompletableFuture<byte[]> answer = waiting.remove(header(event));
                if (answer != null) {
                    answer.complete(event.value());
                }
            }
        }
    }
}
