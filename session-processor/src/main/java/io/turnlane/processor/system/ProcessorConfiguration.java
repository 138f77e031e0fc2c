package io.turnlane.processor.system;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.log.KafkaRights;
import io.turnlane.log.TopicSetup;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.commands.KafkaCommandPublisher;
import io.turnlane.processor.events.KafkaEventPublisher;
import io.turnlane.processor.events.KafkaTopicMetadata;
import io.turnlane.processor.intake.DroppedTurns;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.intake.TurnRecordHandler;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.quarantine.KafkaQuarantinePublisher;
import io.turnlane.processor.rebuild.MemoryLossDetector;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.WaitingTurns;
import io.turnlane.store.memory.RedisUnendedRequests;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.trace.Traces;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Main beans of a processor: the consumer of the turns topic, the lanes, and the services that turns call. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProcessorProperties.class, TopicsProperties.class})
@EnableScheduling
@Import({
    WireFormat.class,
    LogConsumers.class,
    KafkaTopicMetadata.class,
    KafkaEventPublisher.class,
    KafkaCommandPublisher.class,
    KafkaQuarantinePublisher.class,
    TurnEngine.TurnServices.class
})
class ProcessorConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ProcessorConfiguration.class);

    /** Maximum lifetime of a turn from its first attempt, well below the retention of the log. */
    static final Duration MAX_TURN_DURATION = Duration.ofHours(1);

    private static final int READERS = 2;

    /** Maximum time to wait for each reply of Kafka while the topics are prepared. */
    private static final Duration TOPIC_TIMEOUT = Duration.ofSeconds(30);

    /**
     * Time after which a question that was accepted in Redis is certainly in the log, if its gateway published it. A
     * gateway publishes a question within 6 s of its acceptance, or not at all.
     */
    private static final Duration PUBLISH_TIME = Duration.ofSeconds(7);

    @Bean
    ProcessorId processorId(ProcessorProperties properties) {
        String given = properties.configuredId();
        return new ProcessorId(
                given == null ? "p-" + UUID.randomUUID().toString().substring(0, 8) : given);
    }

    /**
     * Clock that all gateways and processors share, so that times of this processor can be compared with times of other
     * machines.
     */
    @Bean
    SharedClock clock() {
        return new SharedClock();
    }

    @Bean
    TopicSetup topicSetup(
            KafkaAdmin admin,
            TopicsProperties topics,
            ProcessorProperties properties,
            ObjectProvider<WebhookProperties> webhooks) {
        List<String> groups = new ArrayList<>(List.of(properties.intake().group()));
        webhooks.stream().map(WebhookProperties::group).forEach(groups::add);
        return new TopicSetup(
                admin.getConfigurationProperties(),
                topics,
                KafkaRights.ofProcessor(topics.names(), groups),
                TOPIC_TIMEOUT);
    }

    @Bean
    Topics topics(TopicsProperties properties) {
        return properties.names();
    }

    @Bean
    TurnEngine turnEngine(
            TurnEngine.TurnServices services,
            ProcessorProperties properties,
            TopicsProperties topics,
            TurnEngine.TurnRuntime runtime,
            Flights flights) {
        return new TurnEngine(services, rules(properties, topics), runtime, flights);
    }

    /** Returns the settings that apply to every turn. */
    static TurnEngine.TurnRules rules(ProcessorProperties properties, TopicsProperties topics) {
        ProcessorProperties.RetryProperties retry = properties.retry();
        ProcessorProperties.AnswerProperties answer = properties.answer();
        if (answer.maxTimeout().compareTo(MAX_TURN_DURATION) >= 0) {
            throw new IllegalStateException(
                    "every time limit in turnlane.processor.answer must be less than the maximum duration of a turn, "
                            + MAX_TURN_DURATION);
        }
        return new TurnEngine.TurnRules(
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
     * Returns the age from which a turn without a request record counts as ended. The request record of a younger turn
     * cannot have expired.
     */
    private static Duration keptFor(Duration results, Duration turns) {
        Duration shorter = results.compareTo(turns) < 0 ? results : turns;
        if (shorter.compareTo(MAX_TURN_DURATION) <= 0) {
            throw new IllegalStateException(
                    "turnlane.processor.memory.results and turnlane.topics.turns-retention must be longer than the"
                            + " maximum duration of a turn, " + MAX_TURN_DURATION);
        }
        return shorter.minus(MAX_TURN_DURATION);
    }

    @Bean
    TurnEngine.TurnRuntime surroundings(InstantSource clock, Delay delay) {
        return runtimeOf(clock, delay, "lane-");
    }

    /** Creates the runtime of turns. */
    static TurnEngine.TurnRuntime runtimeOf(InstantSource clock, Delay delay, String threadNames) {
        Thread.Builder.OfVirtual threads = Thread.ofVirtual().name(threadNames, 0);
        Executor threadPerTask = task -> threads.start(task);
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong(); // can be used by any thread
        return new TurnEngine.TurnRuntime(
                clock, delay, threadPerTask, ProcessorConfiguration::pause, random, new Semaphore(1));
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            log.atWarn().log("lane thread interrupted outside of an agent's call; continuing"); // not expected
        }
    }

    @Bean
    Flights flights(Delay delay, ProcessorProperties properties, Traces traces) {
        return new Flights(delay, properties.answer().grace(), traces);
    }

    /** Creates the traces, which the standard variables of OpenTelemetry configure. */
    @Bean(destroyMethod = "close")
    Traces traces(@Value("${spring.application.name}") String service) {
        return Traces.configured(service);
    }

    @Bean
    LaneScheduler<SessionKey, Turn> lanes(
            TurnEngine engine, TurnEngine.TurnRuntime runtime, ProcessorProperties properties) {
        return new LaneScheduler<>(
                properties.intake().running(),
                runtime.executor(),
                runtime.delay(),
                Turn::identity,
                Turn::priorityRank,
                engine.runner(),
                ProcessorConfiguration::failed);
    }

    /**
     * Handles an internal error. The turn stays open in the ledger and is redelivered to the next owner of the
     * partition.
     */
    private static void failed(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("turn ended by an internal error; it is delivered again to the next owner");
        turn.claim().release();
    }

    /** Creates the reader for records in deep lanes, of which the heap contains only the log position. */
    @Bean
    RecordReader recordReader(LogConsumers consumers) {
        return new RecordReader(() -> consumers.withoutGroup("none"), READERS);
    }

    @Bean
    TurnPoller turnPoller(
            LogConsumers consumers,
            TopicsProperties topics,
            ProcessorProperties properties,
            TurnRecordHandler reception,
            InstantSource clock,
            RecordReader reader,
            MemoryLossDetector lossWatch) {
        ProcessorProperties.IntakeProperties intake = properties.intake();
        return new TurnPoller(
                consumers.ofGroup(intake.group()),
                new IntakeSettings(
                        topics.names().turns(),
                        intake.open(),
                        intake.openSize().toBytes(),
                        intake.places(),
                        intake.pollTime(),
                        intake.commitInterval()),
                reception,
                clock,
                System::nanoTime,
                reader,
                lossWatch);
    }

    @Bean
    Handover handover(
            Flights flights,
            SessionMemory memory,
            TurnEngine.TurnRuntime runtime,
            ProcessorProperties properties,
            KafkaProperties kafka) {
        return new Handover(
                flights,
                memory,
                runtime.executor(),
                handoverTime(
                        properties.intake().handover(),
                        kafka.buildConsumerProperties().get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG)),
                properties.intake().revokeBudget());
    }

    /**
     * Returns the handover time: the time for which a turn may continue after its partition has left. It is limited to
     * the session timeout of the consumer group. A new owner therefore waits for a crashed previous owner no longer
     * than Kafka needs to detect a crash.
     *
     * @param sessionTimeout session timeout in milliseconds, or null if the broker sets it (45 s by default)
     */
    static Duration handoverTime(Duration configured, @Nullable Object sessionTimeout) {
        if (sessionTimeout == null) {
            return configured;
        }
        Duration max = Duration.ofMillis(Long.parseLong(sessionTimeout.toString()));
        return configured.compareTo(max) < 0 ? configured : max;
    }

    @Bean
    DroppedTurns droppedTurns(
            RecordReader reader,
            StringRedisTemplate redis,
            LaneScheduler<SessionKey, Turn> lanes,
            TurnEngine.TurnRuntime runtime,
            MeterRegistry meters) {
        DroppedTurns dropped =
                new DroppedTurns(reader, new RedisUnendedRequests(redis), lanes, runtime.pause(), PUBLISH_TIME);
        FunctionCounter.builder("turnlane.turns.dropped", dropped, DroppedTurns::count)
                .description("Requests that ended as expired because the log deleted their records")
                .register(meters);
        return dropped;
    }

    @Bean
    TurnRecordHandler reception(
            LaneScheduler<SessionKey, Turn> lanes,
            Handover handover,
            WaitingTurns waiting,
            SessionMemory memory,
            TurnEngine engine,
            DroppedTurns dropped,
            TurnEngine.TurnRuntime runtime) {
        return new TurnRecordHandler(
                lanes,
                handover,
                memory,
                waiting,
                engine.recordQuarantine(),
                dropped::end,
                runtime.executor(),
                runtime.clock());
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

    /** Protects the management port from web pages. */
    @Bean
    FilterRegistrationBean<ManagementGuardFilter> managementGuard(ServerProperties server) {
        InetAddress address = server.getAddress();
        FilterRegistrationBean<ManagementGuardFilter> registration =
                new FilterRegistrationBean<>(new ManagementGuardFilter(address != null && address.isLoopbackAddress()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
