package io.turnlane.gateway.turns.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.WireEnum;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Step of a turn. Fields that the step does not have are absent.
 *
 * @param at time of the step, or of its beginning; null only if the time is unknown
 * @param until end of the step, if the step takes time and has ended
 * @param attempt number of the attempt to which the step belongs
 * @param processor id of the processor
 * @param fence number that the processor received with the partition
 * @param gateway id of the gateway
 * @param partition partition of the topic: turns for {@code logged} and {@code assigned}, events for the other steps
 * @param offset offset in the partition
 * @param name tool, model, stage or channel
 * @param outcome end of the attempt, the call or the turn
 * @param detail further facts for people
 */
record TimelineStep(
        StepKind step,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant at,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant until,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer attempt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String processor,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long fence,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String gateway,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer partition,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long offset,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String name,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String outcome,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String detail) {

    /** Kind of a step, in the order of a turn. */
    enum StepKind implements WireEnum {
        /** A gateway accepted the question. */
        ACCEPTED,
        /** The question is on the turns topic. */
        LOGGED,
        /** A processor reported that the turn waits. */
        QUEUED,
        /** The turn reached the head of its lane in a processor. */
        ASSIGNED,
        /** The agent worked on the turn. */
        ATTEMPT,
        /** The agent reported its current work. */
        STAGE,
        MODEL_CALL,
        TOOL_CALL,
        /** The attempt failed, and another one follows. */
        RETRY,
        /** The processor ended without ending the attempt. */
        CRASH,
        /** The turn moved to another processor. */
        HANDOVER,
        /** A client cancelled the turn. */
        CANCEL,
        /** The end of the turn is in Redis. */
        STORED,
        /** The terminal event is on the events topic. */
        ENDED,
        /** A client or a webhook received the end. */
        DELIVERED
    }

    static StepBuilder of(StepKind step, @Nullable Instant at) {
        return new StepBuilder(step, at);
    }

    /** Collects the fields of a step. For use by one thread. */
    static final class StepBuilder {

        private final StepKind step;
        private final @Nullable Instant at;
        private @Nullable Instant until;
        private @Nullable Integer attempt;
        private @Nullable String processor;
        private @Nullable Long fence;
        private @Nullable String gateway;
        private @Nullable Integer partition;
        private @Nullable Long offset;
        private @Nullable String name;
        private @Nullable String outcome;
        private @Nullable String detail;

        private StepBuilder(StepKind step, @Nullable Instant at) {
            this.step = step;
            this.at = at;
        }

        StepBuilder until(@Nullable Instant end) {
            until = end;
            return this;
        }

        StepBuilder attempt(int number) {
            attempt = number;
            return this;
        }

        StepBuilder processor(@Nullable String id) {
            processor = id;
            return this;
        }

        StepBuilder fence(@Nullable Long number) {
            fence = number;
            return this;
        }

        StepBuilder gateway(@Nullable String id) {
            gateway = id;
            return this;
        }

        StepBuilder position(@Nullable Integer inPartition, @Nullable Long atOffset) {
            partition = inPartition;
            offset = atOffset;
            return this;
        }

        StepBuilder name(@Nullable String text) {
            name = text;
            return this;
        }

        StepBuilder outcome(@Nullable String text) {
            outcome = text;
            return this;
        }

        StepBuilder detail(@Nullable String text) {
            detail = text == null || text.isEmpty() ? null : text;
            return this;
        }

        TimelineStep build() {
            return new TimelineStep(
                    step, at, until, attempt, processor, fence, gateway, partition, offset, name, outcome, detail);
        }
    }
}
