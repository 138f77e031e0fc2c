package io.turnlane.gateway.turns.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.turns.explain.WaitingReason.Reason;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.CacheStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestStatus;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The sentence that explains why a turn waits. */
class WaitingFactsTest {

    private static final int NOW_MS = 1000;

    private final Fate fate = new Fate();
    private final List<ProcessorStatistics> alive = new ArrayList<>();
    private final List<RequestRecord> ahead = new ArrayList<>();
    private boolean ownersKnown = true;
    private @Nullable PartitionOwner owner;
    private boolean memoryComplete = true;

    private static ProcessorStatistics processor(String id, int freeSlots, ProcessorState state, String... agents) {
        return new ProcessorStatistics(
                id,
                "",
                Fate.START,
                state,
                List.of(agents).stream()
                        .map(name -> new AgentDescription(name, "", List.of()))
                        .toList(),
                List.of(),
                0,
                0,
                0,
                32,
                17,
                Duration.ZERO,
                0,
                0,
                0,
                new CacheStatistics(0, 0, 0, 0),
                "",
                Duration.ZERO,
                new SlotStatistics(1000, freeSlots, 12, null),
                Map.of(),
                Duration.ZERO,
                0L,
                List.of(),
                Duration.ZERO);
    }

    private void runs(String id, int freeSlots, String... agents) {
        ProcessorStatistics one = processor(id, freeSlots, ProcessorState.RUNNING, agents);
        alive.add(one);
        owner = new PartitionOwner(one, 11L, null);
    }

    private Optional<WaitingReason> reason() {
        List<RequestRecord> open = new ArrayList<>(ahead);
        open.add(fate.record());
        return new WaitingFacts(
                        fate.facts(), open, Fate.PARTITION, alive, ownersKnown, owner, memoryComplete, Fate.at(NOW_MS))
                .reason();
    }

    private void assertWaits(Reason expected, String sentence) {
        assertThat(reason()).hasValueSatisfying(waiting -> {
            assertThat(waiting.reason()).isEqualTo(expected);
            assertThat(waiting.sentence()).isEqualTo(sentence);
        });
    }

    /** Returns the record of another request of the session, which is running. */
    private static RequestRecord running(int sinceMs) {
        RequestRecord one = new Fate().begins(sinceMs, "p-1", 7).record();
        return new RequestRecord(
                Fate.OTHER,
                one.sessionId(),
                one.type(),
                one.status(),
                "",
                one.agent(),
                null,
                null,
                null,
                1,
                0,
                "running",
                one.createdAt(),
                one.begunAt(),
                one.startedAt(),
                null,
                null,
                one.phases(),
                null,
                null,
                one.execution(),
                one.usage(),
                null,
                null,
                List.of(),
                List.of());
    }

    @Test
    void behindARequestOfItsSession() {
        runs("p-1", 5);
        fate.queuedBehind(3, 3);
        ahead.add(running(200));
        assertWaits(
                Reason.SESSION,
                "It waits behind request " + Fate.OTHER + " of its session, which has been running for 0.8 s, and 2"
                        + " more.");
        assertThat(reason())
                .hasValueSatisfying(waiting -> assertThat(waiting.behind()).isEqualTo(Fate.OTHER));
    }

    @Test
    void forASlot() {
        runs("p-1", 0);
        assertWaits(Reason.SLOT, "It waits for a slot: processor p-1 uses all 1000 slots, and 12 sessions are ready.");
    }

    @Test
    void forASlotOfSeveralProcessors() {
        runs("p-1", 0);
        runs("p-2", 0);
        ownersKnown = false;
        owner = null;
        assertWaits(Reason.SLOT, "It waits for a slot: all slots of all processors are in use.");
    }

    @Test
    void forAProvider() {
        runs("p-1", 5);
        fate.begins(5, "p-1", 7).stage(20, "waiting for a free call of kimi");
        assertWaits(
                Reason.PROVIDER,
                "It has a slot, and its agent waits until the limits of the provider kimi allow the next call.");
    }

    @Test
    void notForAProviderAfterTheCallHasBegun() {
        runs("p-1", 5);
        fate.begins(5, "p-1", 7).stage(20, "waiting for a free call of kimi").stage(40, "calling kimi");
        assertThat(reason()).isEmpty();
    }

    @Test
    void forARebuild() {
        runs("p-1", 5);
        memoryComplete = false;
        assertWaits(
                Reason.REBUILD,
                "Redis lost data, and the owner of partition 3 restores it from the log before it runs turns.");
    }

    @Test
    void forARebuildThatRuns() {
        runs("p-1", 5);
        owner = new PartitionOwner(alive.getFirst(), 11L, Duration.ofMillis(1500));
        assertWaits(
                Reason.REBUILD,
                "Redis lost data, and the owner of partition 3 restores it from the log before it runs turns. It"
                        + " began 1.5 s ago.");
    }

    @Test
    void forAnAgentThatNobodyOffers() {
        runs("p-1", 5, "echo");
        fate.waitsForAgent(5);
        assertWaits(Reason.AGENT, "No running processor offers the agent kimi.");
    }

    @Test
    void forAnAgentThatOnlyOtherProcessorsOffer() {
        runs("p-2", 5, "kimi");
        runs("p-1", 5, "echo");
        fate.waitsForAgent(5);
        assertWaits(Reason.AGENT, "The owner of partition 3 does not offer the agent kimi. These processors do: p-2.");
    }

    @Test
    void becauseNoProcessorRuns() {
        assertWaits(Reason.NO_OWNER, "No processor is running, so partition 3 has no owner.");
    }

    @Test
    void becauseItsPartitionHasNoOwner() {
        runs("p-1", 5);
        owner = null;
        assertWaits(
                Reason.NO_OWNER,
                "No processor owns partition 3 at the moment. Kafka assigns it after a processor has joined or left.");
    }

    @Test
    void becauseAllProcessorsAreEvacuated() {
        alive.add(processor("p-1", 5, ProcessorState.EVACUATED));
        assertWaits(
                Reason.NO_OWNER,
                "All processors are draining or evacuated, so that none of them runs new turns of partition 3.");
    }

    @Test
    void becauseItsProcessorDied() {
        runs("p-2", 5);
        fate.begins(5, "p-1", 7);
        assertWaits(
                Reason.NO_OWNER,
                "Processor p-1 ran it and no longer reports. Another processor runs it again when it owns partition"
                        + " 3.");
    }

    @Test
    void forThePreviousOwner() {
        runs("p-1", 5);
        fate.begins(5, "p-1", 7).leaves(50);
        assertWaits(
                Reason.HANDOVER,
                "The partition has moved to another processor, and p-1 is allowed to end the turn until the handover"
                        + " is over.");
    }

    @Test
    void forTheDelayBeforeTheNextAttempt() {
        runs("p-1", 5);
        fate.begins(5, "p-1", 7).retries(50, ErrorCode.AGENT_ERROR, 2050);
        assertWaits(
                Reason.RETRY,
                "It waits until 2026-11-21T06:00:02.050Z for attempt 2, because attempt 1 failed with agent_error.");
    }

    @Test
    void forASlotAfterTheDelay() {
        runs("p-1", 0);
        fate.begins(5, "p-1", 7).retries(50, ErrorCode.AGENT_ERROR, 800);
        assertThat(reason())
                .hasValueSatisfying(waiting -> assertThat(waiting.reason()).isEqualTo(Reason.SLOT));
    }

    @Test
    void becauseItsProcessorHasNotReadIt() {
        runs("p-1", 5);
        owner = new PartitionOwner(alive.getFirst(), 4L, null);
        assertWaits(
                Reason.UNREAD,
                "Processor p-1 has not read it yet: 6 records of partition 3 are ahead. It was accepted 1.0 s ago.");
        owner = new PartitionOwner(alive.getFirst(), 11L, null);
        assertWaits(Reason.UNREAD, "The owner of partition 3 has not begun it yet. It was accepted 1.0 s ago.");
    }

    @Test
    void becauseKafkaDoesNotHaveIt() {
        runs("p-1", 5);
        fate.unpublished();
        assertWaits(
                Reason.UNREAD,
                "The turns topic does not have the question yet. The gateway publishes it, or returned an error.");
    }

    @Test
    void hasNoReasonWhileItRunsOrAfterItsEnd() {
        runs("p-1", 5);
        fate.begins(5, "p-1", 7);
        assertThat(reason()).as("runs").isEmpty();
        fate.ended(100, RequestStatus.COMPLETED);
        assertThat(reason()).as("ended").isEmpty();
    }
}
