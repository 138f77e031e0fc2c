package io.turnlane.processor.system;

import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.replay.KafkaScan;
import io.turnlane.processor.replay.KafkaTurnArchive;
import io.turnlane.processor.replay.TurnReplay;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Application for replays. It contains the agents and a {@link TurnReplay}, with the settings of a processor. It has no
 * consumer group, no producer and no connection to Redis. It has no {@code @Configuration} annotation, so that the
 * component scan of a processor does not find it.
 */
@Import({AgentConfiguration.class, ScheduledDelay.class})
@EnableConfigurationProperties({ProcessorProperties.class, TopicsProperties.class, KafkaProperties.class})
public class ReplayApplication {

    /** Maximum number of records that the search for a turn reads in each of its steps. */
    private static final int MAX_READ = 500_000;

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

    @Bean
    KafkaScan kafkaScan(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Longer timeouts than in a processor, where the poll thread must not be blocked.
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        return new KafkaScan(
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()), MAX_READ);
    }

    @Bean
    TurnReplay turnReplay(
            KafkaScan scan,
            AgentCatalog agents,
            ScheduledDelay delay,
            ProcessorProperties properties,
            TopicsProperties topics) {
        WireFormat wire = new WireFormat();
        int turns = properties.memory().turns();
        return new TurnReplay(
                new KafkaTurnArchive(scan, topics.names(), wire, turns),
                agents,
                ProcessorConfiguration.rules(properties, topics),
                ProcessorConfiguration.runtimeOf(InstantSource.system(), delay, "replay-"),
                new TurnReplay.ReplaySettings(turns, properties.answer().grace()),
                wire);
    }
}
