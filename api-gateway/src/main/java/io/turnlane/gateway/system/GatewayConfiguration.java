package io.turnlane.gateway.system;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.UUIDClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.turns.ask.AnsweredTurns;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.gateway.turns.ask.TurnIds;
import io.turnlane.gateway.turns.batch.BatchRules;
import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.DeliveryLog;
import io.turnlane.gateway.turns.deliver.DeliverySpans;
import io.turnlane.gateway.turns.requests.FinishedRequestEvents;
import io.turnlane.gateway.turns.requests.Snapshots;
import io.turnlane.gateway.turns.stream.SseStream;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.WireFormat;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.trace.Traces;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;

/** Beans of the gateway that no more specific configuration class of this package defines. */
@Configuration(proxyBeanMethods = false)
@Import({WireFormat.class, QuestionIntake.class, AnsweredTurns.class})
@EnableConfigurationProperties({GatewayProperties.class, GatewayWebhookProperties.class, AgentsProperties.class})
class GatewayConfiguration {

    /**
     * Returns the check of the settings. The method is static, so that Spring runs the check before it creates any
     * other bean.
     */
    @Bean
    static GatewaySettingsCheck settingsCheck(ConfigurableEnvironment environment) {
        return new GatewaySettingsCheck(environment);
    }

    /** Clock of the whole installation, so that times of this gateway can be compared with those of other machines. */
    @Bean
    SharedClock clock() {
        return new SharedClock();
    }

    @Bean
    TurnIds turnIds(InstantSource clock) {
        UUIDClock times = new UUIDClock() {
            @Override
            public long currentTimeMillis() {
                return clock.millis();
            }
        };
        return new TurnIds(Generators.timeBasedEpochRandomGenerator(new SecureRandom(), times), clock);
    }

    @Bean
    QuestionRules questionRules(GatewayProperties properties, GatewayWebhookProperties webhooks, WireFormat wire) {
        GatewayProperties.QuestionSettings asks = properties.asks();
        GatewayProperties.SessionSettings sessions = properties.sessions();
        return new QuestionRules(
                Math.toIntExact(asks.maxQuestion().toBytes()),
                Math.toIntExact(asks.maxMetadata().toBytes()),
                Math.toIntExact(sessions.maxImport().toBytes()),
                sessions.ttl(),
                sessions.anonymousTtl(),
                webhooks.callbacks(),
                wire);
    }

    /** The list of a batch's questions is kept longer than their records, which are created before the list. */
    @Bean
    BatchRules batchRules(GatewayProperties properties) {
        return new BatchRules(
                properties.batches().maxQuestions(),
                properties.sessions().resultRetention().plusHours(1));
    }

    @Bean
    SseStream sseStream(
            Snapshots snapshots,
            WireFormat wire,
            GatewayProperties properties,
            MeterRegistry metrics,
            DeliverySpans spans,
            DeliveryLog deliveries) {
        GatewayProperties.StreamSettings streams = properties.streams();
        return new SseStream(
                snapshots,
                new FinishedRequestEvents(wire),
                streams.heartbeat(),
                streams.retry(),
                new ClientMetrics(metrics, spans, "turnlane.streams", DeliveryChannel.SSE, deliveries));
    }

    /** Creates the traces, which the standard variables of OpenTelemetry configure. */
    @Bean(destroyMethod = "close")
    Traces traces(@Value("${spring.application.name}") String service) {
        return Traces.configured(service);
    }

    @Bean
    DeliverySpans deliverySpans(Traces traces) {
        return new DeliverySpans(traces);
    }
}
