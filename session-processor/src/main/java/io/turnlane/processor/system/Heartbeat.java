package io.turnlane.processor.system;

import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.processor.intake.DroppedTurns;
import io.turnlane.processor.intake.IntakeStatistics;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneCounts;
import io.turnlane.processor.lane.LaneLoad;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.Turn;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.memory.SessionCache;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Writes the statistics of this processor to Redis each second. Gateways add up the statistics of all processors, and
 * see from them which processors are alive.
 *
 * <p>Threading: one scheduler thread calls {@link #beat}, with a fixed delay between calls. Spring calls
 * {@link #webServerStarted} before that.
 */
@Component
class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

    private final String processorId;
    private final String host;
    private final HeartbeatSources sources;
    private final ProcessorDirectory processors;
    private final InstantSource clock;
    private final MeanRunTime runTimes = new MeanRunTime();
    private volatile String management = "";
    private volatile boolean stopped;
    private boolean stored = true;

    @Component
    record HeartbeatSources(
            AgentCatalog agents,
            Toolbox tools,
            LaneScheduler<SessionKey, Turn> lanes,
            TurnPoller poller,
            Drain drain,
            SessionCache cache,
            LatencyWindow latency,
            AgentTimes agentTimes,
            DroppedTurns dropped,
            UsageTotals usage,
            OldestWaiting oldestWaiting,
            DetailCollector details) {}

    Heartbeat(
            ProcessorId id,
            ServerProperties server,
            HeartbeatSources sources,
            ProcessorDirectory processors,
            InstantSource clock) {
        this.processorId = id.value();
        this.host = ManagementHost.of(server.getAddress());
        this.sources = sources;
        this.processors = processors;
        this.clock = clock;
    }

    @EventListener
    void webServerStarted(WebServerInitializedEvent event) {
        management = "http://" + host + ":" + event.getWebServer().getPort();
        log.atInfo()
                .addKeyValue("id", processorId)
                .addKeyValue("management", management)
                .log("management endpoints started");
    }

    @Scheduled(fixedDelay = 1000)
    void beat() {
        if (stopped) {
            return;
        }
        try {
            ProcessorStatistics statistics = statistics(clock.instant());
            processors.heartbeat(statistics);
            processors.describe(sources.details().collect(statistics.at(), statistics.totalTurns()));
            report(true, "");
            if (processors.takeEvacuationRequest(processorId)) {
                sources.drain().start();
            }
        } catch (DataAccessException e) {
            report(false, e.getClass().getSimpleName());
        }
    }

    /** Removes the statistics from Redis, so that gateways no longer count this processor. */
    void stop() {
        stopped = true;
        try {
            processors.remove(processorId);
        } catch (DataAccessException e) {
            report(false, e.getClass().getSimpleName());
        }
    }

    private ProcessorStatistics statistics(Instant now) {
        IntakeStatistics intake = sources.poller().statistics();
        LaneCounts lanes = sources.lanes().counts();
        LaneLoad load = sources.lanes().load();
        LatencyWindow.LatencySummary minute = sources.latency().rotate();
        return new ProcessorStatistics(
                processorId,
                management,
                now,
                sources.drain().state(),
                sources.agents().descriptions(),
                sources.tools().names(),
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
                sources.agentTimes().meanTimes(),
                intake.stalled(),
                sources.dropped().count(),
                sources.usage().totals(),
                sources.oldestWaiting().age());
    }

    /** Logs when heartbeats start or stop reaching Redis. Does not log every heartbeat. */
    private void report(boolean nowStored, String error) {
        if (stored != nowStored) {
            log.atWarn()
                    .addKeyValue("heard", nowStored)
                    .addKeyValue("error", error)
                    .log("heartbeat storage changed");
            stored = nowStored;
        }
    }
}
