package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.store.memory.SessionEdits.EditConditions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Commands that change a session: applied once, in order, and only by the current owner. */
class RedisSessionEditsTest extends RedisMemoryTests {

    private static final EditConditions NO_LOSS = new EditConditions(false, true);
    private static final EditResult DONE = new EditResult.EditEnded(false);
    private static final EditResult FAILED = new EditResult.EditEnded(true);

    private final SessionEdits edits =
            new RedisSessionEdits(redis.template, cache, LIMITS, new WireFormat(), damaged::add);

    @Test
    void mergesMetadataAndChangesAgentAndTimeToLive() {
        answer("one");
        Map<String, Object> patch = new HashMap<>(Map.of("a", 1, "inner", Map.of("kept", true, "b", 2)));
        assertThat(edits.update(flight(1), update(patch, null, null), NO_LOSS)).isEqualTo(DONE);
        patch = new HashMap<>(Map.of("inner", Map.of("b", 3)));
        patch.put("a", null);
        assertThat(edits.update(flight(1), update(patch, "other", Duration.ofMinutes(5)), NO_LOSS))
                .isEqualTo(DONE);
        assertThat((String) context("metadata"))
                .contains("\"kept\":true", "\"b\":3")
                .doesNotContain("\"a\"");
        assertThat(context("agent")).isEqualTo("other");
        assertThat(redis.template.getExpire(keys.context())).isBetween(290L, 300L);
        assertThat(questions(memory)).containsExactly("one");
    }

    @Test
    void changesASessionOnceHoweverOftenTheCommandIsDelivered() {
        answer("one");
        UpdateSession first = update(Map.of("a", 1), null, null);
        FlightRef delivered = flight(first, 1);
        edits.update(delivered, first, NO_LOSS);
        edits.update(flight(1), update(Map.of("a", 2), null, null), NO_LOSS);
        assertThat(edits.update(delivered, first, NO_LOSS)).as("redelivered").isEqualTo(DONE);
        assertThat(edits.update(flight(first, 1), first, NO_LOSS))
                .as("a duplicate")
                .isEqualTo(DONE);
        assertThat(context("metadata")).isEqualTo("{\"a\":2}");
    }

    @Test
    void keepsASessionForItsWaitingTurnsWhenItsTimeToLiveIsShortened() {
        answer("one");
        Ask waiting = ask("waits");
        redis.template
                .opsForZSet()
                .add(keys.openRequestIds(), waiting.requestId().toString(), 1);
        edits.update(flight(1), update(null, null, Duration.ofSeconds(1)), NO_LOSS);
        assertThat(redis.template.getExpire(keys.context())).isGreaterThan(500);
        begin(flight(waiting, 1), waiting);
        commit(flight(waiting, 1), waiting);
        assertThat(context("ttl")).isEqualTo("1000");
    }

    @Test
    void storesInTheRequestRecordThatThereIsNoSession() {
        UpdateSession update = update(Map.of("a", 1), null, null);
        assertThat(edits.update(flight(update, 1), update, NO_LOSS)).isEqualTo(FAILED);
        assertThat(record(update, "status")).isEqualTo("failed");
        assertThat((String) record(update, "error")).contains("not_found");
        assertThat(redis.template.hasKey(keys.context())).isFalse();
    }

    @Test
    void reportsAMissingRecordBeforeItTreatsACommandAsNew() {
        answer("one");
        UpdateSession update = update(Map.of("a", 1), null, null);
        assertThat(edits.update(flight(update, 1), update, new EditConditions(false, false)))
                .isEqualTo(new MemoryResult.DataMissing(false));
        redis.template.opsForHash().put(keys.request(update.requestId()), "status", "queued"); // as a gateway does
        assertThat(edits.update(flight(update, 1), update, new EditConditions(false, false)))
                .isEqualTo(DONE);
        UpdateSession old = update(Map.of("a", 2), null, null);
        assertThat(edits.update(flight(old, 1), old, new EditConditions(true, false)))
                .isEqualTo(DONE);
        assertThat(context("metadata")).as("ended long ago").isEqualTo("{\"a\":1}");
    }

    /** Otherwise every command would wait for another rebuild until a turn begins. */
    @Test
    void storesOnceThatMemoryIsLostAndCannotBeRestored() {
        answer("one");
        redis.template.delete(keys.history());
        UpdateSession first = update(Map.of("a", 1), null, null);
        assertThat(edits.update(flight(first, 1), first, new EditConditions(false, false)))
                .isEqualTo(new MemoryResult.DataMissing(true));
        assertThat(edits.update(flight(first, 1), first, NO_LOSS)).isEqualTo(DONE);
        assertThat(context("memory")).isEqualTo("reset");

        UpdateSession second = update(Map.of("a", 2), null, null);
        redis.template.opsForHash().put(keys.request(second.requestId()), "status", "queued"); // as a gateway does
        assertThat(edits.update(flight(second, 1), second, new EditConditions(false, false)))
                .isEqualTo(DONE);

        redis.template.opsForHash().put(keys.context(), "memory", "lost");
        ForkSession fork = fork(id());
        assertThat(edits.snapshot(flight(fork, 1), fork, new EditConditions(false, false)))
                .isEqualTo(new MemoryResult.DataMissing(true));
        assertThat(edits.snapshot(flight(fork, 1), fork, NO_LOSS)).isInstanceOf(EditResult.SnapshotTaken.class);
        assertThat(context("memory")).isEqualTo("reset");

        Ask next = ask("next");
        assertThat(begin(flight(next, 1), next))
                .isInstanceOfSatisfying(
                        BeginResult.RunTurn.class,
                        run -> assertThat(run.memoryIssue()).isEqualTo(MemoryIssue.RESET));
    }

    @Test
    void rejectsAPreviousOwner() {
        answer("one");
        edits.update(flight(5), update(Map.of("a", 1), null, null), NO_LOSS);
        assertThat(edits.update(flight(4), update(Map.of("a", 2), null, null), NO_LOSS))
                .isEqualTo(new MemoryResult.Fenced());
        ImportSession state = state(List.of("x"), null);
        assertThat(edits.replace(flight(state, 4), state, NO_LOSS)).isEqualTo(new MemoryResult.Fenced());
        ForkSession fork = fork(id());
        assertThat(edits.snapshot(flight(fork, 4), fork, NO_LOSS)).isEqualTo(new MemoryResult.Fenced());
        assertThat(context("metadata")).isEqualTo("{\"a\":1}");
        assertThat(questions(memory)).containsExactly("one");
    }

    @Test
    void importsAStateOnceAndContinuesFromIt() {
        answer("gone");
        ImportSession state = state(List.of("a", "b"), null);
        FlightRef delivered = flight(state, 1);
        assertThat(edits.replace(delivered, state, NO_LOSS)).isEqualTo(DONE);
        answer("next");
        assertThat(edits.replace(delivered, state, NO_LOSS)).as("redelivered").isEqualTo(DONE);
        assertThat(questions(memory)).containsExactly("a", "b", "next");
        assertThat(context("request_count")).isEqualTo("8");
        assertThat(context("created_at")).isEqualTo("0");
        assertThat(redis.template.getExpire(keys.history())).isPositive();
    }

    @Test
    void importsAndCopiesTheStatesOfAgents() {
        AgentStates old = AgentStates.NONE.with("echo", Map.of("step", 1)).with("gone", Map.of("a", 1));
        Ask ask = ask("one");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        memory.commit(flight, past(ask), Answer.ofText("a"), old, Map.of());
        assertThat(snapshot().agentStates()).isEqualTo(old);

        AgentStates imported = AgentStates.NONE.with("echo", Map.of("step", 5, "list", List.of()));
        ImportSession state = state(List.of("a"), imported, null);
        assertThat(edits.replace(flight(state, 1), state, NO_LOSS)).isEqualTo(DONE);
        assertThat(snapshot().agentStates()).isEqualTo(imported);
        Ask next = ask("next");
        assertThat(((BeginResult.RunTurn) begin(flight(next, 1), next)).states())
                .isEqualTo(imported);

        ImportSession stateless = state(List.of("a"), null);
        edits.replace(flight(stateless, 1), stateless, NO_LOSS);
        assertThat(snapshot().agentStates()).isEqualTo(AgentStates.NONE);
    }

    private SessionState snapshot() {
        ForkSession fork = fork(id());
        return ((EditResult.SnapshotTaken) edits.snapshot(flight(fork, 1), fork, NO_LOSS)).state();
    }

    @Test
    void trimsAnImportedHistoryToTheLimit() {
        ImportSession state = state(List.of("a", "b", "c", "d"), null);
        edits.replace(flight(state, 1), state, NO_LOSS);
        assertThat(questions(memory)).containsExactly("b", "c", "d");
    }

    @Test
    void anImportWithoutTurnsLeavesASessionWithoutLostTurns() {
        answer("gone");
        ImportSession state = state(List.of(), null);
        edits.replace(flight(state, 1), state, NO_LOSS);
        assertThat(redis.template.opsForValue().get(keys.life())).endsWith(" 0");
    }

    @Test
    void doesNotRestoreAStateThatWasDeletedAfterTheImport() {
        ImportSession state = state(List.of("a"), null);
        FlightRef delivered = flight(state, 1);
        edits.replace(delivered, state, NO_LOSS);
        memory.delete(flight(1));
        assertThat(edits.replace(delivered, state, NO_LOSS)).as("redelivered").isEqualTo(new MemoryResult.Erased());
        assertThat(redis.template.hasKey(keys.context())).isFalse();
    }

    @Test
    void createsAForkOnlyInAReservedOrNewSession() {
        ImportSession fork = state(List.of("a"), new ImportSession.ForkOrigin(SessionId.random(), id()));
        redis.template
                .opsForHash()
                .putAll(keys.context(), Map.of("fork", fork.requestId().toString()));
        assertThat(edits.replace(flight(fork, 1), fork, NO_LOSS)).isEqualTo(DONE);
        assertThat(context("fork")).isNull();
        answer("next");
        assertThat(edits.replace(flight(fork, 1), fork, NO_LOSS))
                .as("a duplicate")
                .isEqualTo(DONE);
        assertThat(questions(memory)).containsExactly("a", "next");
        assertThat(record(fork, "type")).as("clients see one command").isEqualTo("fork_session");

        ImportSession other = state(List.of("x"), new ImportSession.ForkOrigin(SessionId.random(), id()));
        assertThat(edits.replace(flight(other, 1), other, NO_LOSS)).isEqualTo(FAILED);
        assertThat((String) record(other, "error")).contains("session_exists");
        assertThat(questions(memory)).containsExactly("a", "next");
    }

    @Test
    void doesNotCreateAForkWhoseSessionWasDeletedMeanwhile() {
        ImportSession fork = state(List.of("a"), new ImportSession.ForkOrigin(SessionId.random(), id()));
        redis.template
                .opsForHash()
                .putAll(keys.context(), Map.of("fork", fork.requestId().toString()));
        memory.delete(flight(1));
        assertThat(edits.replace(flight(fork, 1), fork, NO_LOSS)).isEqualTo(FAILED);
        assertThat(redis.template.hasKey(keys.context())).isFalse();
    }

    @Test
    void rejectsOtherCommandsWhileAForkCreatesTheSession() {
        redis.template.opsForHash().putAll(keys.context(), Map.of("fork", id().toString()));
        ImportSession state = state(List.of("x"), null);
        assertThat(edits.replace(flight(state, 1), state, NO_LOSS)).isEqualTo(FAILED);
        UpdateSession update = update(Map.of("a", 1), null, null);
        assertThat(edits.update(flight(update, 1), update, NO_LOSS)).isEqualTo(FAILED);
        assertThat((String) record(update, "error")).contains("session_busy");
    }

    @Test
    void returnsASnapshotForAForkAndReleasesTheReservationOfAFailedFork() {
        Ask one = answer("one");
        answer("two");
        ForkSession fork = fork(one.requestId());
        assertThat(edits.snapshot(flight(fork, 1), fork, NO_LOSS))
                .isInstanceOfSatisfying(
                        EditResult.SnapshotTaken.class,
                        taken -> assertThat(taken.state().turns())
                                .extracting(PastTurn::question)
                                .containsExactly("one", "two"));
        TurnError error = TurnError.of(io.turnlane.model.ErrorCode.NOT_FOUND, "no");
        assertThat(edits.completeFork(flight(fork, 1), fork, error)).isEqualTo(FAILED);
        assertThat(edits.snapshot(flight(fork, 1), fork, NO_LOSS))
                .as("redelivered")
                .isEqualTo(FAILED);

        var target = new io.turnlane.store.MemoryKeys(io.turnlane.model.SessionKey.of(null, fork.into()));
        redis.template
                .opsForHash()
                .put(target.context(), "fork", fork.requestId().toString());
        redis.template.opsForHash().put(target.request(fork.requestId()), "status", "queued");
        edits.abandonFork(fork, error);
        assertThat(redis.template.hasKey(target.context())).isFalse();
        assertThat(redis.template.opsForHash().get(target.request(fork.requestId()), "status"))
                .isEqualTo("failed");
        redis.template.opsForHash().put(target.context(), "agent", "another's");
        edits.abandonFork(fork, error);
        assertThat(redis.template.hasKey(target.context())).isTrue();
        redis.template.delete(target.context());
    }

    private UpdateSession update(Map<String, Object> patch, String agent, Duration ttl) {
        return new UpdateSession(id(), session.sessionId(), null, Instant.now(), agent, patch, ttl);
    }

    private ForkSession fork(RequestId after) {
        return new ForkSession(id(), session.sessionId(), null, Instant.now(), after, SessionId.random());
    }

    private ImportSession state(List<String> questions, ImportSession.ForkOrigin fork) {
        return state(questions, AgentStates.NONE, fork);
    }

    private ImportSession state(List<String> questions, AgentStates states, ImportSession.ForkOrigin fork) {
        List<PastTurn> turns = questions.stream().map(q -> past(ask(q))).toList();
        return new ImportSession(
                id(),
                session.sessionId(),
                null,
                Instant.now().minusMillis(5),
                new SessionState(
                        "echo",
                        Map.of("m", 1),
                        states,
                        Duration.ofHours(1),
                        Instant.EPOCH,
                        7,
                        Duration.ofSeconds(1),
                        turns),
                fork);
    }

    private FlightRef flight(long fence) {
        return flight(update(null, null, null), fence);
    }

    private FlightRef flight(SessionCommand command, long fence) {
        return new FlightRef(
                session, command.requestId(), UUID.randomUUID().toString(), fence, 0, offset++, Instant.now());
    }

    private Object record(SessionCommand command, String field) {
        return redis.template.opsForHash().get(keys.request(command.requestId()), field);
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }
}
