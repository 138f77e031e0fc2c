package io.turnlane.processor.system;

import io.turnlane.log.CompactedTopic;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.configured.AgentBuilder;
import io.turnlane.processor.agent.configured.ConfiguredAgents;
import io.turnlane.processor.agent.retrieval.embedding.MiniLm;
import io.turnlane.processor.replay.KafkaRangeReplay;
import io.turnlane.processor.replay.KafkaScan;
import io.turnlane.processor.replay.KafkaTurnArchive;
import io.turnlane.processor.replay.KafkaTurnLog;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.replay.TurnRerun;
import io.turnlane.processor.replay.compare.EmbeddingSimilarity;
import io.turnlane.processor.replay.compare.TurnComparer;
import io.turnlane.processor.turn.TurnEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Application for replays. It contains the agents, a {@link TurnReplay} and a {@link KafkaRangeReplay}, with the
 * settings of a processor. It has no consumer group, no producer and no connection to Redis. It has no
 * {@code @Configuration} annotation, so that the component scan of a processor does not find it.
 */
@Import({AgentConfiguration.class, ScheduledDelay.class})
@EnableConfigurationProperties({ProcessorProperties.class, TopicsProperties.class, KafkaProperties.class})
public class ReplayApplication {

    /** Maximum number of records that the search for a turn reads in each of its steps. */
    private static final int MAX_READ = 500_000;

    /** A quarter of the heap is for the histories of sessions. */
    private static final int HEAP_SHARE = 4;

    /**
     * Maximum difference between the clocks of gateways and processors in a pass over the log. The questions of this
     * time are in the heap, so it is shorter than in a rebuild.
     */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofSeconds(10);

    /**
     * Returns the application, which reads the processor's configuration file. Configuration classes with further
     * agents can be added as sources.
     */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(ReplayApplication.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .properties("spring.config.name=processor");
    }

    /** Creates consumers without a group, which read without committing. */
    @Bean
    ReplayConsumers replayConsumers(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Longer timeouts than in a processor, where the poll thread must not be blocked.
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        return () -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Creates consumers. */
    @FunctionalInterface
    interface ReplayConsumers extends Supplier<Consumer<byte[], byte[]>> {}

    @Bean
    KafkaScan kafkaScan(ReplayConsumers consumers) {
        return new KafkaScan(consumers.get(), MAX_READ);
    }

    @Bean
    KafkaTurnLog turnLog(ReplayConsumers consumers, ProcessorProperties properties, TopicsProperties topics) {
        long bytesPerPass = Runtime.getRuntime().maxMemory() / HEAP_SHARE / KafkaRangeReplay.READERS;
        return new KafkaTurnLog(
                consumers,
                topics.names(),
                new WireFormat(),
                properties.memory().turns(),
                bytesPerPass,
                MAX_CLOCK_DIFFERENCE);
    }

    @Bean
    TurnEngine.TurnRuntime replayRuntime(ScheduledDelay delay) {
        return ProcessorConfiguration.runtimeOf(InstantSource.system(), delay, "replay-");
    }

    /**
     * Creates the runner of turns. Its agents include the ones that operators have configured, as they are now.
     *
     * @param configured reads the configured agents before the first turn
     */
    @Bean
    TurnRerun turnRerun(
            AgentCatalog agents,
            ConfiguredAgents configured,
            ProcessorProperties properties,
            TopicsProperties topics,
            TurnEngine.TurnRuntime runtime) {
        return new TurnRerun(
                agents,
                ProcessorConfiguration.rules(properties, topics),
                runtime,
                new TurnRerun.RerunSettings(
                        properties.memory().turns(), properties.answer().grace()),
                new WireFormat());
    }

    /**
     * Adds the agents that operators have configured to the catalog. A definition that was given to this replay takes
     * precedence over a configured agent of the same name.
     */
    @Bean
    ConfiguredAgents configuredAgents(
            AgentCatalog catalog,
            AgentBuilder builder,
            ObjectProvider<AgentDefinition> definitions,
            KafkaProperties kafka,
            TopicsProperties topics) {
        Set<String> given = definitions.stream().map(AgentDefinition::name).collect(Collectors.toSet());
        ConfiguredAgents agents = new ConfiguredAgents(catalog, builder::build);
        CompactedTopic<ConfiguredAgent> topic = CompactedTopic.ofAgents(kafka.buildAdminProperties(), topics.names());
        try {
            agents.replace(topic.readAll().stream()
                    .filter(agent -> !given.contains(agent.name()))
                    .toList());
        } catch (UnknownTopicOrPartitionException e) {
            return agents; // no processor has run yet, so no agent has been configured
        }
        return agents;
    }

    @Bean
    TurnReplay turnReplay(KafkaScan scan, KafkaTurnLog log, TurnRerun rerun) {
        return new TurnReplay(new KafkaTurnArchive(scan, log), rerun);
    }

    @Bean
    EmbeddingSimilarity answerSimilarity() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new EmbeddingSimilarity(MiniLm::load, Math.max(1, cores / 2));
    }

    @Bean
    KafkaRangeReplay rangeReplay(
            KafkaScan scan,
            KafkaTurnLog log,
            TurnRerun rerun,
            EmbeddingSimilarity similarity,
            TurnEngine.TurnRuntime runtime) {
        return new KafkaRangeReplay(scan, log, rerun, new TurnComparer(similarity), runtime);
    }
}
