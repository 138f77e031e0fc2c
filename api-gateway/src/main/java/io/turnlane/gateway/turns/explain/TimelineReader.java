package io.turnlane.gateway.turns.explain;

import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.explain.TurnFacts.LogFacts;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.SessionKey;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.session.SessionStore;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gathers the facts about a turn from Redis and Kafka. Safe for use by multiple threads. */
@Component
record TimelineReader(
        KafkaTurnHistory history,
        RequestRecords records,
        SessionStore sessions,
        EventStreams streams,
        Fleet fleet,
        ProcessorDirectory processors,
        Topics topics,
        InstantSource clock) {

    /**
     * Returns the timeline with its steps.
     *
     * @param showsText true to include texts of clients and agents
     */
    Timeline explained(SessionKey session, RequestRecord request, boolean showsText) {
        int partition = streams.partitionOf(session);
        LogFacts log = history.read(request, partition);
        TurnFacts facts = new TurnFacts(request, log);
        return Timeline.of(facts, request.ended() ? null : waiting(session, facts, partition), showsText);
    }

    private @Nullable WaitingReason waiting(SessionKey session, TurnFacts facts, int partition) {
        List<ProcessorStatistics> alive = fleet.alive();
        List<ProcessorDetail> details = processors.details();
        return new WaitingFacts(
                        facts,
                        records.open(session),
                        partition,
                        alive,
                        PartitionOwner.areAllKnown(alive, details),
                        PartitionOwner.find(partition, alive, details),
                        sessions.isRestored(topics.turns(), partition),
                        clock.instant())
                .reason()
                .orElse(null);
    }
}
