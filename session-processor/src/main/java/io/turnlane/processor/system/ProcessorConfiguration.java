package io.turnlane.processor.system;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.commands.CommandPublisher;
import io.turnlane.processor.commands.KafkaCommandPublisher;
import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.events.KafkaEventPublisher;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.intake.TurnRecordHandler;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.memory.SessionEdits;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.quarantine.KafkaQuarantinePublisher;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.processor.rebuild.MemoryLossDetector;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RecordQuarantine;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnKit;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnRunner;
import io.turnlane.processor.turn.WaitingTurns;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The processor, put together from the log's end to the agent. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProcessorProperties.class, TopicsProperties.class})
@EnableScheduling
class ProcessorConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ProcessorConfiguration.class);

    /** A turn's life is capped at an hour, well under the log's retention. */
    static final Duration LONGEST_TURN = Duration.ofHours(1);

    private static final int READERS = 2;

    /** What the newer group protocol leaves to the broker, and refuses to be told by a member. */
    private static final List<String> BROKERS_OWN = List.of(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);

    @Bean
    ProcessorId processorId(ProcessorProperties properties) {
        String given = properties.configuredId();
        return new ProcessorId(
                given == null ? "p-" + UUID.randomUUID().toString().substring(0, 8) : given);
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    WireFormat wireFormat() {
        return new WireFormat();
    }

    @Bean
    ScheduledDelay delay() {
        return new ScheduledDelay();
    }

    @Bean
    TopicSetup topicSetup(KafkaProperties kafka, TopicsProperties topics) {
        return new TopicSetup(kafka.buildAdminProperties(), topics);
    }

    @Bean
    EventPublisher eventPublisher(KafkaTemplate<byte[], byte[]> kafka, TopicsProperties topics, WireFormat wire) {
        return new KafkaEventPublisher(kafka, topics.names().events(), wire);
    }

    @Bean
    QuarantinePublisher quarantinePublisher(KafkaTemplate<byte[], byte[]> kafka, TopicsProperties topics) {
        return new KafkaQuarantinePublisher(kafka, topics.names().quarantine());
    }

    @Bean
    TurnKit turnKit(
            TurnKit.TurnServices ports,
            TurnKit.TurnRuntime surroundings,
            ProcessorProperties properties,
            TopicsProperties topics) {
        return new TurnKit(ports, rules(properties, topics), surroundings);
    }

    /** What holds for every turn. */
    static TurnKit.TurnRules rules(ProcessorProperties properties, TopicsProperties topics) {
        ProcessorProperties.RetryProperties retry = properties.retry();
        ProcessorProperties.AnswerProperties answer = properties.answer();
        if (answer.maxTimeout().compareTo(LONGEST_TURN) >= 0) {
            throw new IllegalStateException(
                    "an agent's time limit must be under the longest life of a turn, " + LONGEST_TURN);
        }
        return new TurnKit.TurnRules(
                new RetryPolicy(retry.failures(), retry.first(), retry.most()),
                new AnswerLimits(
                        Math.toIntExact(answer.text().toBytes()),
                        Math.toIntExact(answer.artifacts().toBytes()),
                        Math.toIntExact(answer.delta().toBytes()),
                        answer.gather(),
                        answer.timeout()),
                keptFor(properties.memory().results(), topics.turnsRetention()));
    }

    /**
     * A record that is older than this, and has no request record, was answered so long ago that its end is forgotten.
     */
    private static Duration keptFor(Duration results, Duration turns) {
        Duration shorter = results.compareTo(turns) < 0 ? results : turns;
        if (shorter.compareTo(LONGEST_TURN) <= 0) {
            throw new IllegalStateException(
                    "results and turns must be kept for longer than the longest life of a turn, " + LONGEST_TURN);
        }
        return shorter.minus(LONGEST_TURN);
    }

    @Bean
    TurnKit.TurnServices turnPorts(
            SessionMemory memory,
            SessionEdits edits,
            AgentCatalog agents,
            EventPublisher events,
            CommandPublisher commands,
            QuarantinePublisher quarantine,
            TurnObserver turnObserver,
            MemoryLossDetector lossWatch,
            WireFormat wire) {
        return new TurnKit.TurnServices(
                memory, edits, agents, events, commands, quarantine, turnObserver, lossWatch, wire);
    }

    @Bean
    CommandPublisher commandPublisher(KafkaTemplate<byte[], byte[]> kafka, TopicsProperties topics, WireFormat wire) {
        return new KafkaCommandPublisher(kafka, topics.names().turns(), wire);
    }

    @Bean
    TurnKit.TurnRuntime surroundings(InstantSource clock, Delay delay) {
        return surroundingsOf(clock, delay, "lane-");
    }

    /** @param threadNames what the names of threads start with */
    static TurnKit.TurnRuntime surroundingsOf(InstantSource clock, Delay delay, String threadNames) {
        Thread.Builder.OfVirtual threads = Thread.ofVirtual().name(threadNames, 0);
        Executor aThreadEach = task -> threads.start(task);
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong(); // a generator for any thread
        return new TurnKit.TurnRuntime(
                clock, delay, aThreadEach, ProcessorConfiguration::pause, random, new Semaphore(1));
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            log.atWarn().log("interrupted outside of an agent's call"); // nobody should; the step is tried again
        }
    }

    @Bean
    Flights flights(Delay delay, ProcessorProperties properties) {
        return new Flights(delay, properties.answer().grace());
    }

    @Bean
    LaneScheduler<SessionKey, Turn> lanes(TurnKit kit, Flights flights, ProcessorProperties properties) {
        return new LaneScheduler<>(
                properties.intake().running(),
                kit.runtime().executor(),
                kit.runtime().delay(),
                Turn::identity,
                Turn::priorityRank,
                new TurnRunner(kit, flights),
                ProcessorConfiguration::broken);
    }

    static Map<String, Object> consumerSettingsWithoutGroup(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return settings;
    }

    /** A mistake of ours: the turn stays open in the ledger and is delivered again to whoever starts next. */
    private static void broken(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("turn broke its lane");
        turn.claim().release();
    }

    /** For lanes so deep that they keep places only. */
    @Bean
    RecordReader recordReader(KafkaProperties kafka) {
        Map<String, Object> settings = consumerSettingsWithoutGroup(kafka);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return new RecordReader(
                () -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()), READERS);
    }

    @Bean
    TurnPoller turnPoller(
            KafkaProperties kafka,
            TopicsProperties topics,
            ProcessorProperties properties,
            TurnRecordHandler reception,
            InstantSource clock,
            RecordReader reader,
            MemoryLossDetector lossWatch) {
        ProcessorProperties.IntakeProperties intake = properties.intake();
        return new TurnPoller(
                groupConsumer(kafka, intake.group()),
                new IntakeSettings(
                        topics.names().turns(),
                        intake.open(),
                        intake.openSize().toBytes(),
                        intake.places(),
                        intake.pollTime(),
                        intake.commitInterval()),
                reception,
                clock,
                reader,
                lossWatch);
    }

    /** A member of this group that commits what its ledgers say, and starts with the oldest record. */
    static KafkaConsumer<byte[], byte[]> groupConsumer(KafkaProperties kafka, String group) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (GroupProtocol.CONSUMER
                .name()
                .equalsIgnoreCase(String.valueOf(settings.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
            BROKERS_OWN.forEach(settings::remove);
        }
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Bean
    Handover handover(
            Flights flights,
            WaitingTurns waiting,
            TurnKit.TurnServices ports,
            TurnKit.TurnRuntime surroundings,
            ProcessorProperties properties,
            KafkaProperties kafka) {
        return new Handover(
                flights,
                ports.memory(),
                surroundings.executor(),
                handover(
                        properties.intake().handover(),
                        kafka.buildConsumerProperties().get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG)),
                properties.intake().revokeBudget());
    }

    /**
     * An owner that dies while it hands over is waited for no longer than the group takes to notice a death.
     *
     * @param sessionTimeout in milliseconds; null where it is the broker's, 45 s by default
     */
    static Duration handover(Duration wanted, @Nullable Object sessionTimeout) {
        if (sessionTimeout == null) {
            return wanted;
        }
        Duration most = Duration.ofMillis(Long.parseLong(sessionTimeout.toString()));
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    @Bean
    TurnRecordHandler reception(
            LaneScheduler<SessionKey, Turn> lanes,
            Handover handover,
            WaitingTurns waiting,
            TurnKit.TurnServices ports,
            TurnKit.TurnRuntime surroundings) {
        return new TurnRecordHandler(
                lanes,
                handover,
                ports.memory(),
                waiting,
                new RecordQuarantine(ports.quarantine(), surroundings.pause()),
                surroundings.executor(),
                surroundings.clock());
    }

    @Bean
    Drain drain(
            TurnPoller poller, LaneScheduler<SessionKey, Turn> lanes, Flights flights, ProcessorProperties properties) {
        return new Drain(
                poller,
                lanes,
                flights,
                properties.drainBudget(),
                properties.answer().grace());
    }

    @Bean
    EvacuateEndpoint evacuateEndpoint(ProcessorId id, Drain drain) {
        return new EvacuateEndpoint(id, drain);
    }

    @Bean
    ProcessorLifecycle lifecycle(
            TopicSetup topics, KafkaWakeUpListener wakeUps, TurnPoller poller, Drain drain, Heartbeat heartbeat) {
        return new ProcessorLifecycle(topics, wakeUps, poller, drain, heartbeat);
    }
}
