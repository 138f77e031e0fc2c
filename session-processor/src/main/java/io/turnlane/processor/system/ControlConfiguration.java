package io.turnlane.processor.system;

import io.turnlane.model.SessionKey;
import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.WaitingTurns;
import java.time.InstantSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans that cancel turns, and beans that apply cancels, deadlines and policies to waiting turns. */
@Configuration(proxyBeanMethods = false)
class ControlConfiguration {

    @Bean
    AgentTimes agentTimes(InstantSource clock) {
        return new AgentTimes(clock);
    }

    @Bean
    WaitingTurns waitingTurns(TurnEngine engine, LaneScheduler<SessionKey, Turn> lanes, AgentTimes agentTimes) {
        return engine.waitingTurns(lanes, agentTimes);
    }

    @Bean
    KafkaWakeUpListener wakeUps(KafkaProperties kafka, TopicsProperties topics, WaitingTurns waiting) {
        return new KafkaWakeUpListener(
                () -> ProcessorConfiguration.consumerWithoutGroup(kafka, "latest"),
                topics.names().control(),
                waiting::cancel);
    }

    /**
     * Reports the process as unhealthy if the thread that reads the control topic has failed. The process then receives
     * no more wake-ups and must be restarted.
     */
    @Bean
    HealthIndicator controlThreadHealthIndicator(KafkaWakeUpListener wakeUps) {
        return () -> (wakeUps.hasFailed() ? Health.down() : Health.up()).build();
    }
}
