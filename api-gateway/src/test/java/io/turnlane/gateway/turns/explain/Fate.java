package io.turnlane.gateway.turns.explain;

import io.turnlane.gateway.turns.explain.TurnFacts.GatewayDelivery;
import io.turnlane.gateway.turns.explain.TurnFacts.LogFacts;
import io.turnlane.model.CalledModel;
import io.turnlane.model.ClientDelivery;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecord.Execution;
import io.turnlane.store.request.RequestRecord.PastAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a turn, which a test collects in the order in which they happen. Times are ms after {@link #START}. The
 * turn is at offset 10 of partition 3.
 */
final class Fate {

    static final Instant START = Instant.parse("2026-11-21T06:00:00Z");
    static final RequestId ID = RequestId.parse("0192f1de-7a3c-7000-8000-000000000001");
    static final RequestId OTHER = RequestId.parse("0192f1de-7a3c-7000-8000-000000000002");
    static final int PARTITION = 3;

    private final List<TurnLogEvent> events = new ArrayList<>();
    private final List<GatewayDelivery> deliveries = new ArrayList<>();
    private final List<PastAttempt> past = new ArrayList<>();
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    private @Nullable LoggedQuestion question =
            new LoggedQuestion(PARTITION, 10, at(2), "g-1", "100 open turns of the session");
    private RequestStatus status = RequestStatus.QUEUED;
    private @Nullable String stage;
    private @Nullable String type;
    private int attempt;
    private int position;
    private @Nullable String processor;
    private @Nullable Long fence;
    private int crashes;
    private @Nullable TurnError error;
    private @Nullable EndCause cause;
    private @Nullable Instant cancelled;
    private @Nullable Instant started;
    private @Nullable Instant finished;
    private @Nullable Instant left;
    private @Nullable RequestId redriveOf;
    private @Nullable String webhook;
    private List<RequestId> absorbs = List.of();
    private boolean quarantined;
    private boolean complete = true;
    private long offset = 100;

    static Instant at(int ms) {
        return START.plusMillis(ms);
    }

    private Fate event(int ms, String type, int number, Map<String, Object> body, CalledModel... calls) {
        events.add(new TurnLogEvent(PARTITION, offset++, at(ms), type, number, body, List.of(calls)));
        return this;
    }

    Fate unpublished() {
        question = null;
        return this;
    }

    Fate unreadLog() {
        complete = false;
        return this;
    }

    Fate command(String name) {
        type = name;
        return this;
    }

    Fate redrives(RequestId quarantinedRequest) {
        redriveOf = quarantinedRequest;
        return this;
    }

    Fate queuedBehind(int ms, int ahead) {
        position = ahead;
        return event(ms, "queued", 0, Map.of("position", ahead));
    }

    Fate waitsForAgent(int ms) {
        stage = "waiting_for_agent";
        return event(ms, "queued", 0, Map.of("position", 0, "reason", "waiting_for_agent"));
    }

    /** Begins the next attempt at this time. */
    Fate begins(int ms, String inProcessor, long withFence) {
        return begins(ms, inProcessor, withFence, Map.of());
    }

    Fate begins(int ms, String inProcessor, long withFence, Map<String, Object> body) {
        position = 0;
        attempt++;
        processor = inProcessor;
        fence = withFence;
        status = RequestStatus.RUNNING;
        stage = "running";
        started = at(ms);
        left = null;
        phases.clear();
        phases.put(Phase.DEQUEUED, at(ms));
        phases.put(Phase.SESSION_ALLOCATED, at(ms + 1));
        phases.put(Phase.PROVIDER_CALL_START, at(ms + 1));
        return event(ms + 1, "started", attempt, body);
    }

    Fate stage(int ms, String text) {
        return event(ms, "stage", attempt, Map.of("stage", text));
    }

    Fate text(int ms) {
        return event(ms, "delta", attempt, Map.of());
    }

    Fate tool(int ms, String name, String outcome) {
        return event(ms, "tool_call", attempt, Map.of("tool", name, "duration", 0.05, "outcome", outcome));
    }

    static CalledModel call(int ms, int waited, int duration, String outcome) {
        return new CalledModel(
                "kimi", "k2", at(ms), Duration.ofMillis(waited), Duration.ofMillis(duration), outcome, 40, 7);
    }

    Fate retries(int ms, ErrorCode code, int nextMs, CalledModel... calls) {
        status = RequestStatus.RETRYING;
        error = new TurnError(code.wire(), "secret of the agent");
        phases.put(Phase.PROVIDER_CALL_END, at(ms));
        phases.put(Phase.ofError(error), at(ms));
        return event(
                ms,
                "retrying",
                attempt,
                Map.of(
                        "error",
                        Map.of("code", code.wire()),
                        "retry_at",
                        at(nextMs).toString()),
                calls);
    }

    /** Keeps the latest attempt, as the next begin does. */
    Fate thenAgain(String outcome) {
        past.add(new PastAttempt(
                attempt, outcome, processor, fence, outcome.equals("failed") ? error : null, Map.copyOf(phases)));
        crashes += outcome.equals("crashed") ? 1 : 0;
        error = null;
        return this;
    }

    Fate released() {
        status = RequestStatus.QUEUED;
        return this;
    }

    Fate leaves(int ms) {
        left = at(ms);
        return this;
    }

    Fate cancelRequested(int ms) {
        cancelled = at(ms);
        return this;
    }

    Fate completes(int ms, CalledModel... calls) {
        phases.put(Phase.PROVIDER_CALL_END, at(ms));
        ended(ms + 1, RequestStatus.COMPLETED);
        return event(ms + 2, "completed", attempt, Map.of(), calls);
    }

    Fate fails(int ms, ErrorCode code) {
        quarantined = true;
        return failsUnpublished(ms, code).event(ms + 1, "failed", attempt, Map.of());
    }

    /** Ends the turn as failed without an event. */
    Fate failsUnpublished(int ms, ErrorCode code) {
        error = new TurnError(code.wire(), "secret of the agent");
        phases.putIfAbsent(Phase.ofError(error), at(ms));
        return ended(ms, RequestStatus.FAILED);
    }

    Fate crashesAgain() {
        crashes++;
        return this;
    }

    Fate ends(int ms, RequestStatus end, EndCause why) {
        cause = why;
        phases.putIfAbsent(Phase.ERROR, at(ms));
        return ended(ms, end).event(ms + 1, end.wire(), attempt, Map.of());
    }

    Fate ended(int ms, RequestStatus end) {
        status = end;
        stage = end.wire();
        position = 0;
        finished = at(ms);
        return this;
    }

    Fate publishedAgain(int ms) {
        return event(ms, status.wire(), attempt, Map.of());
    }

    Fate absorbs(RequestId merged) {
        absorbs = List.of(merged);
        return this;
    }

    Fate delivered(int ms, String gateway, DeliveryChannel channel, @Nullable Long cursor) {
        deliveries.add(new GatewayDelivery(gateway, new ClientDelivery(ID, channel, PARTITION, cursor, at(ms))));
        return this;
    }

    Fate webhook(String outcome) {
        webhook = outcome;
        return this;
    }

    TurnFacts facts() {
        return new TurnFacts(record(), new LogFacts(question, events, deliveries, complete));
    }

    RequestRecord record() {
        boolean known = attempt > 0 || finished != null;
        return new RequestRecord(
                ID,
                new SessionId("s-1"),
                type,
                status,
                "secret question",
                "kimi",
                null,
                null,
                error,
                attempt,
                position,
                stage,
                START,
                started,
                started,
                finished,
                null,
                Map.copyOf(phases),
                redriveOf,
                webhook,
                new Execution(
                        processor,
                        known ? PARTITION : null,
                        known ? (Long) 10L : null,
                        fence,
                        0,
                        crashes,
                        left,
                        quarantined),
                Usage.NONE,
                cancelled,
                cause,
                absorbs,
                past);
    }

    /** Returns the steps, each as one line. */
    List<String> lines(boolean showsText) {
        return TimelineSteps.of(facts(), showsText).stream().map(Fate::line).toList();
    }

    private static String line(TimelineStep step) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("#", step.attempt());
        fields.put("", step.processor());
        fields.put("fence ", step.fence());
        fields.put("by ", step.gateway());
        fields.put("at ", step.offset() == null ? null : step.partition() + "@" + step.offset());
        fields.put("'", step.name());
        fields.put("=", step.outcome());
        fields.put("[", step.detail());
        StringBuilder line = new StringBuilder(time(step.at()));
        if (step.until() != null) {
            line.append("..").append(time(step.until()));
        }
        line.append(' ').append(step.step().wire());
        fields.forEach((prefix, value) -> {
            if (value != null) {
                line.append(' ').append(prefix).append(value);
                line.append(prefix.equals("[") ? "]" : prefix.equals("'") ? "'" : "");
            }
        });
        return line.toString();
    }

    private static String time(@Nullable Instant at) {
        return at == null ? "?" : Long.toString(Duration.between(START, at).toMillis());
    }
}
