package io.turnlane.processor.system;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.memory.SessionCache;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Says each second, in Redis, that this processor lives and how it fares; gateways add the figures up.
 *
 * <p>Threading: one scheduler thread beats, for the delay is counted from the end of a beat; the web server's event
 * comes before.
 */
class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration LIFE = Duration.ofSeconds(5);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final String processorId;
    private final String host;
    private final HeartbeatSources sources;
    private final StringRedisTemplate redis;
    private final WireFormat wire;
    private final InstantSource clock;
    private final MeanRunTime runTimes = new MeanRunTime();
    private volatile String management = "";
    private volatile boolean silent;
    private boolean heard = true;

    /** Where the figures come from. */
    record HeartbeatSources(
            AgentCatalog agents,
            LaneScheduler<SessionKey, Turn> lanes,
            TurnPoller poller,
            Drain drain,
            SessionCache cache,
            LatencyWindow latency,
            AgentTimes agentTimes) {}

    /** @param host under which others reach this processor */
    Heartbeat(
            String processorId,
            String host,
            HeartbeatSources sources,
            StringRedisTemplate redis,
            WireFormat wire,
            InstantSource clock) {
        this.processorId = processorId;
        this.host = host;
        this.sources = sources;
        this.redis = redis;
        this.wire = wire;
        this.clock = clock;
    }

    @EventListener
    void listensAt(WebServerInitializedEvent event) {
        management = "http://" + host + ":" + event.getWebServer().getPort();
        log.atInfo()
                .addKeyValue("id", processorId)
                .addKeyValue("management", management)
                .log("processor listens");
    }

    @Scheduled(fixedDelay = 1000)
    void beat() {
        if (silent) {
            return;
        }
        try {
            Instant now = clock.instant();
            String json = new String(wire.writeValue(figures(now)), StandardCharsets.UTF_8);
            redis.opsForValue().set(MemoryKeys.processor(processorId), json, LIFE);
            redis.opsForZSet().add(MemoryKeys.processors(), processorId, (double) now.toEpochMilli());
            redis.opsForZSet().removeRangeByScore(MemoryKeys.processors(), 0, (double)
                    now.minus(REMEMBERED).toEpochMilli());
            heard(true, "");
        } catch (DataAccessException e) {
            heard(false, e.getClass().getSimpleName());
        }
    }

    /** Says good-bye, so that nobody waits for the figures to expire. */
    void stop() {
        silent = true;
        try {
            redis.delete(MemoryKeys.processor(processorId));
            redis.opsForZSet().remove(MemoryKeys.processors(), processorId);
        } catch (DataAccessException e) {
            heard(false, e.getClass().getSimpleName());
        }
    }

    private ProcessorStatistics figures(Instant now) {
        TurnPoller.IntakeStatistics intake = sources.poller().statistics();
        LaneScheduler.LaneCounts lanes = sources.lanes().counts();
        LaneScheduler.LaneLoad load = sources.lanes().load();
        LatencyWindow.LatencySummary minute = sources.latency().rotate();
        return new ProcessorStatistics(
                processorId,
                management,
                now,
                sources.drain().state(),
                sources.agents().descriptions(),
                intake.open(),
                lanes.running(),
                lanes.items() - lanes.running(),
                intake.partitions(),
                intake.lag(),
                intake.oldestAge(),
                minute.latency().getTotalCount(),
                minute.terminal(),
                minute.failed(),
                sources.cache().statistics(),
                minute.encoded(),
                minute.sum(),
                new SlotStatistics(load.slots(), load.freeSlots(), load.readyLanes(), runTimes.update(load)),
                sources.agentTimes().meanTimes());
    }

    /** One line when it changes, not one a second. */
    private void heard(boolean now, String error) {
        if (heard != now) {
            log.atWarn().addKeyValue("heard", now).addKeyValue("error", error).log("figures");
            heard = now;
        }
    }
}
