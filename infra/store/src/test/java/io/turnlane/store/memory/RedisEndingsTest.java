package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.DecideResult;
import io.turnlane.store.memory.SessionMemory.DismissResult;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import io.turnlane.store.memory.SessionMemory.StillWaiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Turns that end without an answer (cancelled, rejected, superseded), and what history keeps of them. */
class RedisEndingsTest extends RedisMemoryTests {

    @Test
    void storesNoAnswerAfterCancellationWasRequested() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        requestCancel(ask);
        assertThat(commit(flight, ask)).isEqualTo(new MemoryResult.CancelRequested());
        assertThat(memory.fail(flight, ERROR, true, Usage.NONE, Map.of()))
                .isEqualTo(new MemoryResult.CancelRequested());

        SettleResult settled = cancel(flight, ask, false);
        assertThat(settled).isEqualTo(new MemoryResult.AlreadyEnded(cancelled(1, "requested", null)));
        assertThat(cancel(flight, ask, false)).as("repeated call").isEqualTo(settled);
        assertThat(commit(flight, ask)).isInstanceOf(MemoryResult.AlreadyEnded.class);
        assertThat(history()).extracting(PastTurn::status).containsExactly(RequestStatus.CANCELLED);
        assertThat(history().getFirst().answer()).isNull();
        assertThat(open()).isZero();
    }

    @Test
    void keepsAnAnswerThatWasStoredBeforeTheCancellation() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        commit(flight, ask);
        requestCancel(ask);
        assertThat(cancel(flight, ask, false))
                .isInstanceOfSatisfying(
                        MemoryResult.AlreadyEnded.class,
                        ended -> assertThat(ended.ending().status()).isEqualTo(RequestStatus.COMPLETED));
        assertThat(history()).hasSize(1);
    }

    @Test
    void cancelsATurnWhenItBeginsUnderAnyOwner() {
        Ask waited = ask("waited");
        accept(waited);
        requestCancel(waited);
        FlightRef flight = flight(waited, 1);
        assertThat(begin(flight, waited)).isEqualTo(new MemoryResult.CancelRequested());
        assertThat(cancel(flight, waited, true))
                .isEqualTo(new MemoryResult.AlreadyEnded(cancelled(0, "requested", null)));
        assertThat(history()).as("it never began").isEmpty();

        Ask ran = ask("ran");
        FlightRef crashed = flight(ran, 1);
        begin(crashed, ran);
        requestCancel(ran);
        FlightRef successor = flight(ran, 2);
        assertThat(begin(successor, ran)).isEqualTo(new MemoryResult.CancelRequested());
        assertThat(cancel(successor, ran, true)).isInstanceOf(MemoryResult.AlreadyEnded.class);
        assertThat(history()).extracting(PastTurn::question).containsExactly("ran");
    }

    @Test
    void endsWaitingTurnsOutsideTheirOrder() {
        Ask unwanted = ask("unwanted");
        Ask late = ask("late", Instant.now().minusSeconds(9), Duration.ofSeconds(5));
        Ask patient = ask("patient", Instant.now(), Duration.ofSeconds(500));
        for (Ask ask : List.of(unwanted, late, patient)) {
            accept(ask);
        }
        requestCancel(unwanted);
        assertThat(dismiss(unwanted)).isEqualTo(new AlreadyEnded(cancelled(0, "requested", null)));
        assertThat(dismiss(late))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("deadline_exceeded"));
        assertThat(dismiss(patient))
                .isInstanceOfSatisfying(
                        StillWaiting.class,
                        stays -> assertThat(stays.timeLeft())
                                .isBetween(Duration.ofSeconds(490), Duration.ofSeconds(500)));
        Ask running = ask("running");
        begin(flight(running, 1), running);
        requestCancel(running);
        assertThat(dismiss(running)).as("it has begun").isEqualTo(new StillWaiting(null));
        assertThat(memory.dismiss(flight(patient, 0)))
                .as("called by an older owner")
                .isEqualTo(new MemoryResult.Fenced());
    }

    @Test
    void rejectsAQuestionWhileAnotherIsOpen() {
        Ask running = running("running");
        Ask busy = accepted("?", TurnPolicy.REJECT);
        assertThat(decide(busy, running))
                .isEqualTo(
                        decision(busy, ending(RequestStatus.REJECTED, "session_busy", running.requestId()), List.of()));
        assertThat(decide(busy, running))
                .as("repeated because the reply was lost or the owner died")
                .isEqualTo(
                        decision(busy, ending(RequestStatus.REJECTED, "session_busy", running.requestId()), List.of()));
        assertThat(begin(flight(busy, 1), busy)).isInstanceOf(AlreadyEnded.class);

        Ask next = accepted("?", TurnPolicy.REJECT);
        assertThat(decide(next, busy))
                .as("the turns ahead have ended")
                .isEqualTo(new PolicyDecision(Map.of(), List.of()));
    }

    @Test
    void interruptsTheRunningTurnAndCancelsTheWaitingOnes() {
        Ask running = running("running");
        Ask waiting = accepted("waiting", TurnPolicy.ENQUEUE);
        Ask ask = accepted("rather this", TurnPolicy.INTERRUPT);
        PolicyDecision decision = decision(
                waiting, ending(RequestStatus.CANCELLED, "interrupted", ask.requestId()), List.of(running.requestId()));
        assertThat(decide(ask, running, waiting)).isEqualTo(decision);
        assertThat(decide(ask, running, waiting)).as("asked again").isEqualTo(decision);
        FlightRef successor = flight(running, 2);
        assertThat(begin(successor, running)).isEqualTo(new MemoryResult.CancelRequested());
        cancel(successor, running, true);
        assertThat(request(running, "by")).isEqualTo(ask.requestId().toString());
        assertThat(history()).extracting(PastTurn::question).containsExactly("running");
    }

    @Test
    void leavesNoTraceOfARolledBackTurn() {
        answer("before");
        Ask running = running("running");
        Ask ask = accepted("rather this", TurnPolicy.ROLLBACK);
        decide(ask, running);
        FlightRef successor = flight(running, 2);
        begin(successor, running);
        assertThat(cancel(successor, running, true))
                .isEqualTo(new MemoryResult.AlreadyEnded(cancelled(1, "rolled_back", ask.requestId())));
        assertThat(history()).extracting(PastTurn::question).containsExactly("before");
    }

    @Test
    void mergesWaitingQuestionsIntoTheNewestInLogOrder() {
        Ask running = running("running");
        Ask one = accepted("\"one\" ü", TurnPolicy.ENQUEUE);
        Ask two = accepted("two", TurnPolicy.COALESCE);
        assertThat(decide(two, running, one))
                .isEqualTo(decision(one, ending(RequestStatus.SUPERSEDED, "coalesced", two.requestId()), List.of()));
        assertThat(decide(two, running, one))
                .as("asked again")
                .isEqualTo(decision(one, ending(RequestStatus.SUPERSEDED, "coalesced", two.requestId()), List.of()));
        Ask other = accepted("of another agent", TurnPolicy.ENQUEUE);
        redis.template.opsForHash().put(keys.request(other.requestId()), "agent", "retrieval");
        Ask three = accepted("three", TurnPolicy.COALESCE);
        assertThat(decide(three, running, one, two, other))
                .isEqualTo(decision(two, ending(RequestStatus.SUPERSEDED, "coalesced", three.requestId()), List.of()));
        FlightRef flight = flight(three, 1);
        assertThat(begin(flight, three))
                .isInstanceOfSatisfying(
                        RunTurn.class, run -> assertThat(run.mergedQuestions()).containsExactly("\"one\" ü", "two"));
        assertThat(commit(flight, three))
                .as("without times, because the terminal event lacks the merged requests")
                .isEqualTo(new SettleResult.Stored());
    }

    @Test
    void mergesNoMoreThanTheMaximumSizeOfAQuestion() {
        Ask running = running("running");
        Ask first = accepted("a".repeat(60_000), TurnPolicy.ENQUEUE);
        Ask second = accepted("b".repeat(60_000), TurnPolicy.ENQUEUE);
        Ask third = accepted("c".repeat(60_000), TurnPolicy.COALESCE);
        assertThat(decide(third, running, first, second).ended()).containsOnlyKeys(second.requestId());
    }

    /** A decision would create a record, and the turn's begin would then run the turn in the session's next life. */
    @Test
    void decidesNothingForADuplicateOfAnErasedTurn() {
        Ask erased = answer("erased");
        memory.delete(flight(ask("delete"), 1));
        Ask running = running("in a new life");
        Ask duplicate = withPolicy(erased, TurnPolicy.INTERRUPT);
        assertThat(decide(duplicate, false, true, running)).isEqualTo(new MemoryResult.Erased());
        assertThat(request(running, "cancel_requested")).isNull();
        assertThat(begin(flight(duplicate, 1), duplicate)).isEqualTo(new MemoryResult.Erased());
    }

    @Test
    void createsAMissingRecordOnlyIfItWasNeitherLostNorExpired() {
        Ask running = running("running");
        Ask ask = withPolicy(ask("?"), TurnPolicy.COALESCE);
        assertThat(decide(ask, false, false, running)).isEqualTo(new MemoryResult.DataMissing(false));
        assertThat(decide(ask, true, true, running)).isEqualTo(new PolicyDecision(Map.of(), List.of()));
        assertThat(request(ask, "status")).isNull();
        assertThat(decide(ask, false, true, running)).isEqualTo(new PolicyDecision(Map.of(), List.of()));
        assertThat(request(ask, "status")).isEqualTo("queued");
    }

    @Test
    void repeatsTheDecisionOfATurnThatHasEndedSince() {
        Ask running = running("running");
        Ask waiting = accepted("waiting", TurnPolicy.ENQUEUE);
        Ask ask = accepted("rather this", TurnPolicy.INTERRUPT);
        decide(ask, running, waiting);
        requestCancel(ask);
        dismiss(ask);
        assertThat(decide(ask, running, waiting))
                .isEqualTo(new PolicyDecision(
                        Map.of(
                                waiting.requestId(),
                                ending(RequestStatus.CANCELLED, "interrupted", ask.requestId()),
                                ask.requestId(),
                                cancelled(0, "requested", null)),
                        List.of(running.requestId())));
    }

    private void requestCancel(Ask ask) {
        redis.template.opsForHash().put(keys.request(ask.requestId()), "cancel_requested", "1");
    }

    /** Creates the request record as a gateway does. */
    private void accept(Ask ask) {
        redis.template
                .opsForHash()
                .putAll(
                        keys.request(ask.requestId()),
                        Map.of(
                                "status", "queued",
                                "question", ask.question(),
                                "agent", ask.agent(),
                                "created_at", Long.toString(ask.createdAt().toEpochMilli()),
                                "attempt", "0"));
        if (ask.deadline() != null) {
            redis.template
                    .opsForHash()
                    .put(
                            keys.request(ask.requestId()),
                            "deadline_at",
                            Long.toString(ask.createdAt().plus(ask.deadline()).toEpochMilli()));
        }
        redis.template.opsForZSet().add(keys.openRequestIds(), ask.requestId().toString(), 1);
    }

    private Ask accepted(String question, TurnPolicy policy) {
        Ask ask = withPolicy(ask(question), policy);
        accept(ask);
        return ask;
    }

    private static Ask withPolicy(Ask plain, TurnPolicy policy) {
        return new Ask(
                plain.requestId(),
                plain.sessionId(),
                null,
                plain.agent(),
                plain.question(),
                Map.of(),
                plain.sessionTtl(),
                plain.createdAt(),
                null,
                null,
                policy,
                Priority.NORMAL,
                null);
    }

    private Ask running(String question) {
        Ask ask = ask(question);
        begin(flight(ask, 1), ask);
        return ask;
    }

    private PolicyDecision decide(Ask ask, Ask... ahead) {
        return (PolicyDecision) decide(ask, false, true, ahead);
    }

    private DecideResult decide(Ask ask, boolean tooOld, boolean sure, Ask... ahead) {
        List<RequestId> ids = Arrays.stream(ahead).map(Ask::requestId).toList();
        return memory.decide(new BusyArrival(flight(ask, 1), ask, null, tooOld, sure, ids));
    }

    private DismissResult dismiss(Ask ask) {
        return memory.dismiss(flight(ask, 1));
    }

    private SettleResult cancel(FlightRef flight, Ask ask, boolean takesOver) {
        PastTurn past = new PastTurn(
                ask.requestId(),
                RequestStatus.CANCELLED,
                ask.question(),
                null,
                null,
                List.of(),
                Duration.ofMillis(12),
                Instant.EPOCH);
        return memory.cancel(flight, past, takesOver, Usage.NONE, Map.of());
    }

    private static PolicyDecision decision(Ask ended, TurnEnding ending, List<RequestId> toCancel) {
        return new PolicyDecision(Map.of(ended.requestId(), ending), toCancel);
    }

    private static TurnEnding ending(RequestStatus status, String reason, RequestId by) {
        return new TurnEnding(status, 0, null, null, false, new EndCause(reason, by));
    }

    private static TurnEnding cancelled(int attempt, String reason, RequestId by) {
        return new TurnEnding(RequestStatus.CANCELLED, attempt, null, null, false, new EndCause(reason, by));
    }

    private List<PastTurn> history() {
        Ask ask = ask("looks");
        FlightRef flight = flight(ask, Long.MAX_VALUE / 4096);
        RunTurn run = (RunTurn)
                memory(new SessionCache(1, Duration.ofMinutes(1)), LIMITS).begin(beginning(flight, ask));
        redis.template.opsForHash().put(keys.context(), "fence", "1");
        memory.release(flight, Usage.NONE);
        redis.template
                .opsForZSet()
                .remove(keys.openRequestIds(), ask.requestId().toString());
        return run.memory().turns();
    }

    private long open() {
        return redis.template.opsForZSet().size(keys.openRequestIds());
    }
}
