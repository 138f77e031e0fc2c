package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.memory.SessionEdits.EditConditions;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Lifecycle phases in request records: of turns that never ran, of commands, and of every attempt. */
class RedisPhasesTest extends RedisMemoryTests {

    private static final WireFormat WIRE = new WireFormat();

    @Test
    void recordsTheEndOfATurnThatIsCancelledWhileItWaits() throws Exception {
        Ask ask = accepted(ask("?"));
        redis.template.opsForHash().put(keys.request(ask.requestId()), "cancel_requested", "1");
        memory.dismiss(flight(ask, 1));
        assertThat(phases(ask)).containsOnlyKeys("RECEIVED", "QUEUED", "ERROR");
    }

    @Test
    void recordsATimeoutForADeadlineThatPassesWhileTheTurnWaits() throws Exception {
        Ask waiting = accepted(ask("?", Instant.now().minusSeconds(9), Duration.ofSeconds(5)));
        memory.dismiss(flight(waiting, 1));
        assertThat(phases(waiting)).containsOnlyKeys("RECEIVED", "QUEUED", "TIMEOUT");

        Ask begun = accepted(ask("?", Instant.now().minusSeconds(9), Duration.ofSeconds(5)));
        Map<Phase, Instant> passed = Map.of(Phase.RECEIVED, Instant.now(), Phase.DEQUEUED, Instant.now());
        memory.begin(new SessionMemory.BeginRequest(
                flight(begun, 1), begun, passed, null, false, true, true, 0, Duration.ZERO, null));
        assertThat(phases(begun)).containsOnlyKeys("RECEIVED", "DEQUEUED", "TIMEOUT");
    }

    @Test
    void recordsTheEndOfARejectedTurn() throws Exception {
        Ask running = ask("running");
        begin(flight(running, 1), running);
        Ask busy = accepted(rejecting(ask("?")));
        memory.decide(new BusyArrival(flight(busy, 1), busy, null, false, true, List.of(running.requestId())));
        assertThat(phases(busy)).containsOnlyKeys("RECEIVED", "QUEUED", "ERROR");
    }

    @Test
    void recordsThePhasesOfACommand() throws Exception {
        SessionEdits edits = new RedisSessionEdits(redis.template, cache, LIMITS, WIRE, damaged::add);
        answer("one");
        UpdateSession done = update();
        edits.update(flight(done), done, new EditConditions(false, true));
        assertThat(phases(done.requestId())).containsOnlyKeys("RECEIVED", "QUEUED", "DEQUEUED", "COMPLETED");

        redis.template.delete(keys.context());
        UpdateSession failed = update();
        edits.update(flight(failed), failed, new EditConditions(false, true));
        assertThat(phases(failed.requestId())).containsOnlyKeys("RECEIVED", "QUEUED", "DEQUEUED", "ERROR");
    }

    @Test
    void keepsEveryAttempt() throws Exception {
        Ask ask = ask("?");
        FlightRef failing = flight(ask, 1);
        begin(failing, ask);
        memory.fail(
                failing,
                TurnError.of(ErrorCode.AGENT_TIMEOUT, "late"),
                false,
                Usage.NONE,
                Map.of(Phase.PROVIDER_CALL_START, Instant.now(), Phase.TIMEOUT, Instant.now()));
        begin(flight(ask, 1), ask); // crashes
        FlightRef released = flight(ask, 2);
        begin(released, ask);
        memory.release(released, Usage.NONE);
        FlightRef last = flight(ask, 3);
        begin(last, ask);
        commit(last, ask);

        Map<String, Object> first = json(ask.requestId(), "attempt.1");
        assertThat(first).containsEntry("outcome", "failed").containsEntry("fence", 1);
        assertThat(first.get("phases").toString()).contains("PROVIDER_CALL_START", "TIMEOUT");
        assertThat(first.get("error").toString()).contains("agent_timeout");
        assertThat(json(ask.requestId(), "attempt.2"))
                .containsEntry("outcome", "crashed")
                .containsEntry("error", null);
        assertThat(json(ask.requestId(), "attempt.3"))
                .containsEntry("outcome", "released")
                .containsEntry("fence", 2);
        assertThat(request(ask, "attempt")).isEqualTo("4");
    }

    private Ask accepted(Ask ask) {
        String at = Long.toString(ask.createdAt().toEpochMilli());
        redis.template
                .opsForHash()
                .putAll(
                        keys.request(ask.requestId()),
                        Map.of("status", "queued", "question", ask.question(), "agent", ask.agent(), "created_at", at));
        redis.template.opsForHash().put(keys.request(ask.requestId()), "phases", "{\"RECEIVED\":" + at + "}");
        if (ask.deadline() != null) {
            redis.template
                    .opsForHash()
                    .put(
                            keys.request(ask.requestId()),
                            "deadline_at",
                            Long.toString(ask.createdAt().plus(ask.deadline()).toEpochMilli()));
        }
        return ask;
    }

    private static Ask rejecting(Ask plain) {
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
                TurnPolicy.REJECT,
                Priority.NORMAL,
                null);
    }

    private UpdateSession update() {
        return new UpdateSession(
                new RequestId(UUID.randomUUID()), session.sessionId(), null, Instant.now(), null, Map.of("a", 1), null);
    }

    private FlightRef flight(UpdateSession command) {
        return new FlightRef(session, command.requestId(), UUID.randomUUID().toString(), 1, 0, offset++, Instant.now());
    }

    private Map<String, Object> phases(Ask ask) throws Exception {
        return phases(ask.requestId());
    }

    private Map<String, Object> phases(RequestId request) throws Exception {
        return json(request, "phases");
    }

    private Map<String, Object> json(RequestId request, String field) throws Exception {
        Object json = redis.template.opsForHash().get(keys.request(request), field);
        return WIRE.readObject(String.valueOf(json).getBytes());
    }
}
