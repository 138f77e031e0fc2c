package io.turnlane.gateway.turns.explain;

import io.turnlane.gateway.turns.explain.WaitingReason.Reason;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Facts that explain why a turn waits.
 *
 * @param turn the turn
 * @param open open requests of its session, oldest first
 * @param partition partition of the turn
 * @param alive processors that report their statistics
 * @param ownersKnown true if the processors report which partitions they own
 * @param owner processor that owns the partition; null if it is unknown or if there is none
 * @param memoryComplete false if the memory of the partition was lost and is not restored yet
 */
record WaitingFacts(
        TurnFacts turn,
        List<RequestRecord> open,
        int partition,
        List<ProcessorStatistics> alive,
        boolean ownersKnown,
        @Nullable PartitionOwner owner,
        boolean memoryComplete,
        Instant now) {

    private static final String WAITING_FOR_AGENT = "waiting_for_agent";

    /** Returns the reason; empty if the turn has ended or runs. */
    Optional<WaitingReason> reason() {
        RequestRecord request = turn.request();
        if (request.ended()) {
            return Optional.empty();
        }
        if (request.status() == RequestStatus.RUNNING) {
            return handover().or(this::deadProcessor).or(this::provider);
        }
        return noProcessor()
                .or(this::session)
                .or(this::missingAgent)
                .or(this::rebuild)
                .or(this::retry)
                .or(this::slot)
                .or(this::unread);
    }

    private Optional<WaitingReason> handover() {
        Instant left = turn.request().execution().leftAt();
        return left == null
                ? Optional.empty()
                : Optional.of(new WaitingReason(
                        Reason.HANDOVER,
                        "The partition has moved to another processor, and " + processor()
                                + " is allowed to end the turn until the handover is over."));
    }

    private Optional<WaitingReason> deadProcessor() {
        String id = turn.request().execution().processor();
        boolean isAlive = alive.stream().anyMatch(one -> one.processor().equals(id));
        return isAlive
                ? Optional.empty()
                : Optional.of(new WaitingReason(
                        Reason.NO_OWNER,
                        "Processor " + processor() + " ran it and no longer reports. Another processor runs it again"
                                + " when it owns partition " + partition + "."));
    }

    private String processor() {
        String id = turn.request().execution().processor();
        return id == null ? "(unknown)" : id;
    }

    private Optional<WaitingReason> provider() {
        TurnLogEvent last = turn.lastEvent();
        String stage = last == null || !last.type().equals("stage") ? null : last.text("stage");
        return stage != null && stage.startsWith(TurnEvent.Stage.WAITING_FOR_PROVIDER)
                ? Optional.of(new WaitingReason(
                        Reason.PROVIDER,
                        "It has a slot, and its agent waits until the limits of the provider "
                                + stage.substring(TurnEvent.Stage.WAITING_FOR_PROVIDER.length())
                                + " allow the next call."))
                : Optional.empty();
    }

    private Optional<WaitingReason> noProcessor() {
        if (alive.isEmpty()) {
            return Optional.of(new WaitingReason(
                    Reason.NO_OWNER, "No processor is running, so partition " + partition + " has no owner."));
        }
        if (alive.stream().noneMatch(one -> one.state() == ProcessorState.RUNNING)) {
            return Optional.of(new WaitingReason(
                    Reason.NO_OWNER,
                    "All processors are draining or evacuated, so that none of them runs new turns of partition "
                            + partition + "."));
        }
        return ownersKnown && owner == null
                ? Optional.of(new WaitingReason(
                        Reason.NO_OWNER,
                        "No processor owns partition " + partition
                                + " at the moment. Kafka assigns it after a processor has joined or left."))
                : Optional.empty();
    }

    private Optional<WaitingReason> session() {
        RequestRecord first = open.isEmpty() ? turn.request() : open.getFirst();
        if (first.requestId().equals(turn.request().requestId())) {
            return Optional.empty();
        }
        int between = Math.max(0, turn.request().position() - 1);
        return Optional.of(new WaitingReason(
                Reason.SESSION,
                "It waits behind request " + first.requestId() + " of its session, which " + state(first)
                        + (between == 0 ? "." : ", and " + between + " more."),
                first.requestId()));
    }

    private String state(RequestRecord first) {
        Instant started = first.startedAt();
        return switch (first.status()) {
            case RUNNING ->
                started == null ? "is running" : "has been running for " + seconds(Duration.between(started, now));
            case RETRYING -> "waits for its next attempt";
            default ->
                WAITING_FOR_AGENT.equals(first.stage()) ? "waits for a processor with its agent" : "has not begun";
        };
    }

    private Optional<WaitingReason> missingAgent() {
        if (!WAITING_FOR_AGENT.equals(turn.request().stage())) {
            return Optional.empty();
        }
        String agent = turn.request().agent();
        String offering = alive.stream()
                .filter(one -> one.agents().stream().map(AgentDescription::name).anyMatch(agent::equals))
                .map(ProcessorStatistics::processor)
                .sorted()
                .collect(Collectors.joining(", "));
        return Optional.of(new WaitingReason(
                Reason.AGENT,
                offering.isEmpty()
                        ? "No running processor offers the agent " + agent + "."
                        : "The owner of partition " + partition + " does not offer the agent " + agent
                                + ". These processors do: " + offering + "."));
    }

    private Optional<WaitingReason> rebuild() {
        Duration rebuilding = owner == null ? null : owner.rebuilding();
        if (memoryComplete && rebuilding == null) {
            return Optional.empty();
        }
        return Optional.of(new WaitingReason(
                Reason.REBUILD,
                "Redis lost data, and the owner of partition " + partition
                        + " restores it from the log before it runs turns"
                        + (rebuilding == null ? "." : ". It began " + seconds(rebuilding) + " ago.")));
    }

    private Optional<WaitingReason> retry() {
        RequestRecord request = turn.request();
        TurnLogEvent last = turn.log().events().stream()
                .filter(event -> event.type().equals("retrying") && event.isOf(request.attempt()))
                .reduce((_, newer) -> newer)
                .orElse(null);
        Instant at = last == null ? null : last.time("retry_at");
        if (request.status() != RequestStatus.RETRYING || (at != null && at.isBefore(now))) {
            return Optional.empty();
        }
        String why = request.error() == null
                ? ""
                : ", because attempt " + request.attempt() + " failed with "
                        + request.error().code();
        return Optional.of(new WaitingReason(
                Reason.RETRY,
                "It waits" + (at == null ? "" : " until " + at) + " for attempt " + (request.attempt() + 1) + why
                        + "."));
    }

    private Optional<WaitingReason> slot() {
        if (owner != null) {
            SlotStatistics slots = owner.processor().places();
            return slots == null || slots.free() > 0
                    ? Optional.empty()
                    : Optional.of(new WaitingReason(
                            Reason.SLOT,
                            "It waits for a slot: processor "
                                    + owner.processor().processor() + " uses all " + slots.most() + " slots, and "
                                    + slots.ready() + " sessions are ready."));
        }
        return alive.stream()
                        .allMatch(one -> one.places() != null && one.places().free() == 0)
                ? Optional.of(
                        new WaitingReason(Reason.SLOT, "It waits for a slot: all slots of all processors are in use."))
                : Optional.empty();
    }

    private Optional<WaitingReason> unread() {
        LoggedQuestion question = turn.log().question();
        if (question == null && turn.log().complete()) {
            return Optional.of(new WaitingReason(
                    Reason.UNREAD,
                    "The turns topic does not have the question yet. The gateway publishes it, or returned an error."));
        }
        String age =
                " It was accepted " + seconds(Duration.between(turn.request().createdAt(), now)) + " ago.";
        Long position = owner == null ? null : owner.position();
        if (owner != null && position != null && question != null && question.offset() >= position) {
            return Optional.of(new WaitingReason(
                    Reason.UNREAD,
                    "Processor " + owner.processor().processor() + " has not read it yet: "
                            + (question.offset() - position) + " records of partition " + partition + " are ahead."
                            + age));
        }
        return Optional.of(new WaitingReason(
                Reason.UNREAD, "The owner of partition " + partition + " has not begun it yet." + age));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1e3);
    }
}
