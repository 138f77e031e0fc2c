package io.turnlane.store.memory;

import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnPolicy;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies the policy of a question that found its session busy, to turns in the heap. */
final class InMemoryPolicy {

    private static final int SEPARATOR_BYTES = 2;

    private final InMemorySession session;
    private final InMemoryRequest own;
    private final BusyArrival arrival;
    private final TurnPolicy policy;
    private final Map<RequestId, TurnEnding> ended = new LinkedHashMap<>();
    private final List<RequestId> toCancel = new ArrayList<>();
    private final List<RequestId> open = new ArrayList<>();
    private final List<InMemoryRequest> waiting = new ArrayList<>();
    private final List<InMemoryRequest> begun = new ArrayList<>();
    private @Nullable RequestId oldestWanted;

    InMemoryPolicy(InMemorySession session, InMemoryRequest own, BusyArrival arrival) {
        this.session = session;
        this.own = own;
        this.arrival = arrival;
        this.policy = arrival.ask().policy();
    }

    PolicyDecision decide() {
        arrival.ahead().forEach(this::sort);
        if (!own.waits() || own.cancelRequested) { // an earlier call has decided, or the question was cancelled
            if (own.status.isTerminal()) {
                ended.put(own.id, own.ending());
            }
            begun.stream()
                    .filter(other -> other.cancelRequested && own.id.equals(other.cancelCause.by()))
                    .forEach(other -> toCancel.add(other.id));
        } else {
            apply();
        }
        return new PolicyDecision(ended, toCancel);
    }

    private void sort(RequestId id) {
        InMemoryRequest other = session.requests.get(id);
        if (other != null && other.status.isTerminal()) {
            if (other.attempt == 0 && other.cause != null && own.id.equals(other.cause.by())) {
                ended.put(id, other.ending());
            }
            return;
        }
        open.add(id);
        if (oldestWanted == null && (other == null || !other.cancelRequested)) {
            oldestWanted = id;
        }
        if (other != null) {
            (other.waits() ? waiting : begun).add(other);
        }
    }

    private void apply() {
        switch (policy) {
            case ENQUEUE -> {}
            case REJECT -> {
                if (!open.isEmpty()) {
                    RequestId by = oldestWanted == null ? open.getFirst() : oldestWanted;
                    end(own, RequestStatus.REJECTED, new EndCause(policy.reason(), by));
                }
            }
            case INTERRUPT, ROLLBACK -> {
                waiting.forEach(other -> end(other, RequestStatus.CANCELLED, cause()));
                begun.forEach(this::cancel);
            }
            case COALESCE -> merge();
        }
    }

    private void cancel(InMemoryRequest other) {
        other.requestCancel(cause());
        other.leavesNoTrace |= policy == TurnPolicy.ROLLBACK;
        toCancel.add(other.id);
    }

    /** Merges waiting questions, the newest first, up to the maximum size of a question. */
    private void merge() {
        Map<RequestId, String> merged = new LinkedHashMap<>();
        int bytes = bytes(own.question);
        for (InMemoryRequest other : waiting.reversed()) {
            if (!other.agent.equals(arrival.ask().agent()) || other.cancelRequested) {
                continue;
            }
            Map<RequestId, String> theirs = new LinkedHashMap<>(other.merged);
            theirs.put(other.id, other.question);
            bytes += theirs.values().stream()
                    .mapToInt(question -> bytes(question) + SEPARATOR_BYTES)
                    .sum();
            if (bytes > RedisSessionMemory.MAX_MERGED_BYTES) {
                break;
            }
            theirs.putAll(merged);
            merged = theirs;
            end(other, RequestStatus.SUPERSEDED, cause());
        }
        if (!merged.isEmpty()) {
            own.merged.clear();
            own.merged.putAll(merged);
        }
    }

    private void end(InMemoryRequest request, RequestStatus status, EndCause cause) {
        ended.put(request.id, session.end(request, status, cause));
    }

    private EndCause cause() {
        return new EndCause(policy.reason(), own.id);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
