package io.turnlane.processor.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.rebuild.MemoryLossDetector;
import io.turnlane.processor.rebuild.PartitionRebuild;
import io.turnlane.processor.rebuild.recall.KafkaSessionLog;
import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.store.loss.LossMarkers;
import io.turnlane.store.loss.RedisLossMarkers;
import io.turnlane.store.memory.MemoryLimits;
import io.turnlane.store.memory.SessionRestore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Beans that detect and rebuild lost memory. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RebuildProperties.class)
class RebuildConfiguration {

    @Bean
    LossMarkers markers(StringRedisTemplate redis, TopicsProperties topics, WireFormat wire) {
        return new RedisLossMarkers(redis, topics.names().turns(), wire);
    }

    @Bean
    KafkaSessionLog sessionLog(
            LogConsumers consumers,
            TopicsProperties topics,
            RebuildProperties rebuild,
            InstantSource clock,
            WireFormat wire) {
        return new KafkaSessionLog(
                () -> consumers.withoutGroup("earliest"),
                topics.names(),
                window(topics.eventsRetention(), rebuild.slack()),
                clock,
                wire);
    }

    /**
     * Returns the part of the log that a rebuild reads. Commands are read from an earlier time than events, because a
     * question can wait in its lane for a long time before it causes events. The difference is the retention of events
     * or the maximum duration of a turn, whichever is longer.
     */
    private static KafkaSessionLog.RecallWindow window(Duration events, Duration slack) {
        Duration min = ProcessorConfiguration.MAX_TURN_DURATION;
        return new KafkaSessionLog.RecallWindow(events, events.compareTo(min) < 0 ? min : events, slack);
    }

    @Bean
    MemoryLossDetector lossWatch(
            KafkaSessionLog sessionLog,
            SessionRestore restore,
            LossMarkers markers,
            MeterRegistry meters,
            MemoryLimits memory,
            RebuildProperties rebuild,
            ProcessorId id,
            InstantSource clock) {
        PartitionRebuild partitions = new PartitionRebuild(
                sessionLog,
                restore,
                markers,
                new RebuildMeters(meters),
                new RecallLimits(
                        memory.turns(), rebuild.sessions(), rebuild.size().toBytes()),
                id.value(),
                clock,
                ProcessorConfiguration::pause,
                new Semaphore(rebuild.atOnce()));
        Thread.Builder.OfVirtual threads = Thread.ofVirtual().name("rebuild-", 0);
        return new MemoryLossDetector(markers, partitions, threads::start, clock, rebuild.longestWait());
    }

    /** Checks for lost memory with a fixed delay between checks. */
    @Component
    static final class LossCheckSchedule {

        private final MemoryLossDetector detector;

        LossCheckSchedule(MemoryLossDetector detector) {
            this.detector = detector;
        }

        @Scheduled(fixedDelayString = "${turnlane.processor.rebuild.look:1s}")
        void check() {
            detector.checkMarkers();
        }
    }
}
