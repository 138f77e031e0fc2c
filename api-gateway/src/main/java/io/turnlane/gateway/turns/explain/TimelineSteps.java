package io.turnlane.gateway.turns.explain;

import io.turnlane.gateway.turns.explain.TimelineStep.StepBuilder;
import io.turnlane.gateway.turns.explain.TimelineStep.StepKind;
import io.turnlane.gateway.turns.explain.TurnFacts.GatewayDelivery;
import io.turnlane.model.CalledModel;
import io.turnlane.model.ClientDelivery;
import io.turnlane.model.EndCause;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts the facts about a turn to its steps, in the order in which a turn passes them. The clocks of gateways and
 * processors can differ by milliseconds, so the times of neighbouring steps can be in another order. For use by one
 * thread.
 */
final class TimelineSteps {

    private final TurnFacts facts;
    private final RequestRecord request;
    private final boolean showsText;
    private final List<TimelineStep> steps = new ArrayList<>();

    private TimelineSteps(TurnFacts facts, boolean showsText) {
        this.facts = facts;
        this.request = facts.request();
        this.showsText = showsText;
    }

    /**
     * Returns the steps.
     *
     * @param showsText true to include texts of clients and agents: stages, and the reasons of clients for cancels
     */
    static List<TimelineStep> of(TurnFacts facts, boolean showsText) {
        TimelineSteps steps = new TimelineSteps(facts, showsText);
        steps.addAcceptance();
        steps.addAttempts();
        steps.addEnd();
        steps.addDeliveries();
        return List.copyOf(steps.steps);
    }

    private void add(StepBuilder step) {
        steps.add(step.build());
    }

    private void addAcceptance() {
        LoggedQuestion question = facts.log().question();
        String limits = question == null ? null : question.limits();
        add(TimelineStep.of(StepKind.ACCEPTED, request.createdAt())
                .gateway(question == null ? null : question.gateway())
                .detail(join(
                        limits == null ? null : "limits passed: " + limits,
                        request.redriveOf() == null
                                ? null
                                : "asks the quarantined request " + request.redriveOf() + " again")));
        addLogged(question);
        facts.log().events().stream()
                .filter(event -> event.type().equals("queued"))
                .forEach(this::addQueued);
    }

    private void addLogged(@Nullable LoggedQuestion question) {
        if (question != null) {
            add(TimelineStep.of(StepKind.LOGGED, question.loggedAt())
                    .position(question.partition(), question.offset()));
        } else if (request.execution().offset() != null) {
            add(TimelineStep.of(StepKind.LOGGED, request.phases().get(Phase.QUEUED))
                    .position(
                            request.execution().partition(), request.execution().offset()));
        }
    }

    private void addQueued(TurnLogEvent event) {
        boolean waitsForAgent = TurnEvent.Queued.WAITING_FOR_AGENT.equals(event.text("reason"));
        int ahead = event.number("position");
        add(TimelineStep.of(StepKind.QUEUED, event.at())
                .detail(
                        waitsForAgent
                                ? "the owner of the partition does not offer the agent"
                                : ahead == 1 ? "1 turn is ahead" : ahead + " turns are ahead"));
    }

    private void addAttempts() {
        List<AttemptFacts> attempts = AttemptFacts.of(facts);
        AttemptFacts before = null;
        for (int i = 0; i < attempts.size(); i++) {
            AttemptFacts attempt = attempts.get(i);
            Instant next = i + 1 < attempts.size() ? attempts.get(i + 1).assignedAt() : request.finishedAt();
            if (before == null || isOtherOwner(before, attempt)) {
                addAssigned(attempt);
            }
            addAttempt(attempt);
            addConsequence(attempt, next, i + 1 == attempts.size());
            before = attempt;
        }
    }

    private static boolean isOtherOwner(AttemptFacts before, AttemptFacts attempt) {
        return !Objects.equals(before.processor(), attempt.processor())
                || !Objects.equals(before.fence(), attempt.fence());
    }

    private void addAssigned(AttemptFacts attempt) {
        if (attempt.processor() == null) {
            return; // the processor could not begin the turn
        }
        add(TimelineStep.of(StepKind.ASSIGNED, attempt.assignedAt())
                .attempt(attempt.number())
                .processor(attempt.processor())
                .fence(attempt.fence())
                .position(request.execution().partition(), request.execution().offset()));
    }

    private void addAttempt(AttemptFacts attempt) {
        Instant begun = attempt.begunAt();
        add(TimelineStep.of(StepKind.ATTEMPT, begun)
                .until(attempt.endedAt())
                .attempt(attempt.number())
                .processor(attempt.processor())
                .outcome(attempt.outcome())
                .detail(join(
                        attempt.outcome().equals(AttemptFacts.FAILED) ? attempt.code() : null,
                        attempt.first("started")
                                .map(event -> event.text("memory"))
                                .map(memory -> "memory: " + memory)
                                .orElse(null),
                        firstText(attempt, begun))));
        Stream<TimelineStep> progress =
                attempt.events().stream().flatMap(event -> Stream.ofNullable(progress(attempt, event)));
        Stream<TimelineStep> calls = attempt.events().stream()
                .flatMap(event -> event.modelCalls().stream())
                .map(call -> modelCall(attempt, call));
        Stream.concat(progress, calls)
                .sorted(Comparator.comparing(TimelineStep::at, Comparator.nullsLast(Comparator.naturalOrder())))
                .forEach(steps::add);
    }

    private static @Nullable String firstText(AttemptFacts attempt, @Nullable Instant begun) {
        Optional<Instant> first = attempt.first("delta").map(TurnLogEvent::at);
        return begun == null || first.isEmpty() || first.get().isBefore(begun)
                ? null
                : "first text after " + seconds(Duration.between(begun, first.get()));
    }

    private @Nullable TimelineStep progress(AttemptFacts attempt, TurnLogEvent event) {
        return switch (event.type()) {
            case "stage" ->
                TimelineStep.of(StepKind.STAGE, event.at())
                        .attempt(attempt.number())
                        .name(shownStage(event.text("stage")))
                        .build();
            case "tool_call" ->
                TimelineStep.of(StepKind.TOOL_CALL, event.at().minus(event.duration("duration")))
                        .until(event.at())
                        .attempt(attempt.number())
                        .name(event.text("tool"))
                        .outcome(event.text("outcome"))
                        .build();
            default -> null;
        };
    }

    /** Returns the stage. Without the permission for texts, returns only the stages that contain no text of agents. */
    private @Nullable String shownStage(@Nullable String stage) {
        return showsText || (stage != null && stage.startsWith(TurnEvent.Stage.WAITING_FOR_PROVIDER)) ? stage : null;
    }

    private static TimelineStep modelCall(AttemptFacts attempt, CalledModel call) {
        return TimelineStep.of(StepKind.MODEL_CALL, call.at())
                .until(call.at().plus(call.duration()))
                .attempt(attempt.number())
                .name(call.provider() + "/" + call.model())
                .outcome(call.outcome())
                .detail(join(
                        call.waited().toMillis() < 1
                                ? null
                                : "waited " + seconds(call.waited()) + " for the limits of the provider",
                        call.outcome().equals(CalledModel.COMPLETED)
                                ? call.inputTokens() + " tokens in, " + call.outputTokens() + " out"
                                : null))
                .build();
    }

    /** Adds the step that follows an attempt which did not end the turn. */
    private void addConsequence(AttemptFacts attempt, @Nullable Instant next, boolean isLatest) {
        if (attempt.isRetried(request.attempt(), request.status())) {
            Optional<TurnLogEvent> retry = attempt.first("retrying");
            add(TimelineStep.of(StepKind.RETRY, retry.map(TurnLogEvent::at).orElse(attempt.endedAt()))
                    .until(retry.map(event -> event.time("retry_at")).orElse(null))
                    .attempt(attempt.number())
                    .outcome(attempt.code()));
        } else if (attempt.outcome().equals(AttemptFacts.CRASHED)) {
            add(TimelineStep.of(StepKind.CRASH, next)
                    .attempt(attempt.number())
                    .processor(attempt.processor())
                    .detail("the processor ended before the attempt; noticed when the turn ran again"));
        } else if (attempt.outcome().equals(AttemptFacts.RELEASED)) {
            add(TimelineStep.of(StepKind.HANDOVER, next)
                    .attempt(attempt.number())
                    .processor(attempt.processor())
                    .detail("the partition moved or the processor stopped, so that another attempt follows"));
        } else if (isLatest && request.execution().leftAt() != null) {
            add(TimelineStep.of(StepKind.HANDOVER, request.execution().leftAt())
                    .attempt(attempt.number())
                    .processor(attempt.processor())
                    .detail("the partition moved while the agent worked; the attempt was allowed to end"));
        }
    }

    private void addEnd() {
        if (request.cancelRequested()) {
            add(TimelineStep.of(StepKind.CANCEL, request.cancelRequestedAt()));
        }
        if (!request.ended()) {
            return;
        }
        String code = request.status() == RequestStatus.FAILED && request.error() != null
                ? request.error().code()
                : null;
        add(TimelineStep.of(StepKind.STORED, request.finishedAt())
                .outcome(request.status().wire())
                .detail(join(code, request.execution().quarantined() ? "copied to quarantine" : null)));
        List<TurnLogEvent> ends =
                facts.log().events().stream().filter(TurnLogEvent::isTerminal).toList();
        for (int i = 0; i < ends.size(); i++) {
            addEnded(ends.get(i), i == 0 ? join(code, cause(), absorbed()) : "published again by the next owner");
        }
        if (ends.isEmpty() && request.type() == null) {
            add(TimelineStep.of(StepKind.ENDED, request.finishedAt())
                    .outcome(request.status().wire())
                    .detail(join(
                            code,
                            cause(),
                            absorbed(),
                            facts.log().complete()
                                    ? "the log has no terminal event"
                                    : "the log was not read to the terminal event")));
        }
    }

    private void addEnded(TurnLogEvent end, @Nullable String detail) {
        add(TimelineStep.of(StepKind.ENDED, end.at())
                .position(end.partition(), end.offset())
                .outcome(end.type())
                .detail(detail));
    }

    private @Nullable String cause() {
        EndCause cause = request.cause();
        if (cause == null) {
            return null;
        }
        return cause.by() == null
                ? showsText || cause.reason().equals(EndCause.REQUESTED) ? cause.reason() : null
                : cause.reason() + " by " + cause.by();
    }

    private @Nullable String absorbed() {
        return request.absorbs().isEmpty()
                ? null
                : "also answers "
                        + request.absorbs().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private void addDeliveries() {
        for (GatewayDelivery delivered : facts.log().deliveries()) {
            ClientDelivery delivery = delivered.delivery();
            add(TimelineStep.of(StepKind.DELIVERED, delivery.at())
                    .gateway(delivered.gateway())
                    .name(delivery.channel().wire())
                    .position(delivery.offset() == null ? null : delivery.partition(), delivery.offset()));
        }
        if (request.webhook() != null) {
            add(TimelineStep.of(StepKind.DELIVERED, null).name("webhook").outcome(request.webhook()));
        }
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / 1e9);
    }

    private static @Nullable String join(@Nullable String... parts) {
        String joined = Stream.of(parts).filter(Objects::nonNull).collect(Collectors.joining("; "));
        return joined.isEmpty() ? null : joined;
    }
}
