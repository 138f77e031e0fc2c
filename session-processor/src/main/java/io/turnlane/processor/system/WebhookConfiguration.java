package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.log.TopicSetup;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.intake.WebhookRecordHandler;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.webhook.BatchEnds;
import io.turnlane.processor.webhook.CallbackHosts;
import io.turnlane.processor.webhook.HttpWebhookSender;
import io.turnlane.processor.webhook.WebhookCall;
import io.turnlane.processor.webhook.WebhookRunner;
import io.turnlane.processor.webhook.WebhookSignature;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.request.WebhookOutcomes;
import java.net.InetAddress;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Beans of webhooks. A second poll thread reads the events topic, and lanes of its own send the webhooks. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("turnlane.webhooks.enabled")
@EnableConfigurationProperties(WebhookProperties.class)
class WebhookConfiguration {

    private static final Logger log = LoggerFactory.getLogger(WebhookConfiguration.class);

    /**
     * Poller and lanes of webhooks. They are wrapped in one bean, because a second bean of type {@link TurnPoller}
     * would make injections ambiguous.
     */
    record WebhookEngine(TurnPoller poller, LaneScheduler<RequestId, WebhookCall> lanes) {}

    @Bean
    HttpWebhookSender webhookSender(WebhookProperties webhooks, Delay delay, InstantSource clock) {
        return new HttpWebhookSender(
                InetAddress::getAllByName,
                new WebhookSignature(webhooks.secrets()),
                new HttpWebhookSender.WebhookLimits(
                        webhooks.timeout(), webhooks.running(), webhooks.runningPerHost(), webhooks.allowPrivate()),
                delay,
                clock);
    }

    @Bean
    CallbackHosts callbackHosts(WebhookProperties webhooks, MeterRegistry meters) {
        CallbackHosts hosts = new CallbackHosts(webhooks.openPerHost(), webhooks.runningPerHost());
        Gauge.builder("turnlane.webhooks.open.largest", hosts::maxReserved)
                .description("Number of open webhooks of the host that has the most")
                .register(meters);
        return hosts;
    }

    /**
     * Health of webhooks. It is separate from the health of turns, because a process that cannot send webhooks can
     * still process turns.
     */
    @Bean
    HealthIndicator webhooksHealthIndicator(WebhookEngine webhooks, InstantSource clock) {
        return new WebhookHealth(new PollLiveness(webhooks.poller(), clock), webhooks.poller());
    }

    @Bean
    WebhookRunner webhookRun(
            HttpWebhookSender sender,
            StringRedisTemplate redis,
            WireFormat wire,
            InstantSource clock,
            WebhookProperties webhooks,
            CallbackHosts hosts,
            TurnEngine.TurnRuntime runtime,
            MeterRegistry meters) {
        // all outcomes begin at 0, so that a monitoring system sees the first increase
        WebhookRunner.OUTCOMES.forEach(outcome -> counter(meters, outcome));
        return new WebhookRunner(
                sender,
                new WebhookOutcomes(redis),
                new BatchEnds(new BatchRecords(redis, wire), wire, clock),
                hosts,
                new RetryPolicy(webhooks.tries(), webhooks.first(), webhooks.most()),
                runtime.random(),
                outcome -> counter(meters, outcome).increment());
    }

    private static Counter counter(MeterRegistry meters, String outcome) {
        return meters.counter("turnlane.webhooks", "outcome", outcome);
    }

    @Bean
    WebhookEngine webhooks(
            LogConsumers consumers,
            TopicsProperties topics,
            ProcessorProperties processor,
            WebhookProperties webhooks,
            WebhookRunner run,
            CallbackHosts hosts,
            TurnEngine.TurnRuntime runtime,
            RecordReader reader,
            MeterRegistry meters) {
        LaneScheduler<RequestId, WebhookCall> lanes = new LaneScheduler<>(
                webhooks.running(),
                runtime.executor(),
                runtime.delay(),
                call -> call.event().identity(),
                run,
                WebhookConfiguration::failed);
        ProcessorProperties.IntakeProperties intake = processor.intake();
        IntakeSettings settings = new IntakeSettings(
                topics.names().events(),
                webhooks.open(),
                intake.openSize().toBytes(),
                1, // webhooks have no deep lanes
                intake.pollTime(),
                intake.commitInterval());
        TurnPoller poller = new TurnPoller(
                consumers.ofGroup(webhooks.group()),
                settings,
                new WebhookRecordHandler(lanes, hosts),
                runtime.clock(),
                System::nanoTime,
                reader,
                _ -> {});
        Gauge.builder("turnlane.webhooks.open", () -> lanes.counts().items()).register(meters);
        Gauge.builder("turnlane.webhooks.lag", () -> poller.statistics().lag()).register(meters);
        return new WebhookEngine(poller, lanes);
    }

    /**
     * Handles an internal error. The event stays open in the ledger and is redelivered to the next owner of the
     * partition.
     */
    private static void failed(WebhookCall call, Throwable e) {
        log.atError()
                .addKeyValue("request", call.event().requestId())
                .setCause(e)
                .log("webhook ended by an internal error; it is delivered again to the next owner");
        call.event().claim().release();
    }

    @Bean
    WebhookLifecycle webhookLifecycle(TopicSetup topics, WebhookEngine webhooks, WebhookProperties properties) {
        return new WebhookLifecycle(topics, webhooks.poller(), webhooks.lanes(), properties.timeout());
    }
}
