package io.turnlane.gateway.turns.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.TestGateway;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.guard.limits.UserLimits;
import io.turnlane.gateway.guard.limits.UserTurns;
import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.gateway.turns.deliver.BoundedWaits;
import io.turnlane.gateway.turns.deliver.DeliverySpans;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.request.CommandRecords;
import io.turnlane.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A command that fails before it is published does not count as open. */
@Timeout(60)
class SessionCommandsTest {

    private static final UserLimits NO_LIMITS = new UserLimits(0, 0, 0, 0, false);
    private static final AtomicBoolean LOSE_REPLY = new AtomicBoolean();
    private static final AtomicBoolean FAIL_PUBLISH = new AtomicBoolean();

    private static TestGateway gateway;

    private final List<String> calls = new ArrayList<>();
    private final String session = "s-" + UUID.randomUUID();
    private final MemoryKeys keys = new MemoryKeys(SessionKey.of(null, new SessionId(session)));

    @BeforeAll
    static void start() {
        gateway = TestGateway.startReplacing(bean -> switch (bean) {
            case CommandRecords records -> new UnreliableRecords(records);
            case TurnPublisher publisher -> failing(publisher);
            default -> bean;
        });
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static TurnPublisher failing(TurnPublisher publisher) {
        return (command, eventsFrom, traceparent) -> {
            if (FAIL_PUBLISH.getAndSet(false)) {
                throw new IllegalStateException("not expected");
            }
            publisher.publish(command, eventsFrom, traceparent);
        };
    }

    /** Records whose reply gets lost once, as after a timeout. */
    private record UnreliableRecords(CommandRecords records) implements CommandRecords {

        @Override
        public CreateResult create(SessionCommand command, long bytes, int extra) {
            CreateResult created = records.create(command, bytes, extra);
            if (LOSE_REPLY.getAndSet(false)) {
                throw new QueryTimeoutException("no reply");
            }
            return created;
        }

        @Override
        public Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl) {
            return records.reserve(fork, target, agent, ttl);
        }

        @Override
        public void remove(RequestId command, SessionKey session, boolean unsure) {
            records.remove(command, session, unsure);
        }
    }

    @Test
    void storesNothingIfTheEventsTopicWasNeverReached() {
        SessionCommands commands = new SessionCommands(
                (_, _, _) -> calls.add("publish"), neverStarted(), records(), turns(), rates(), new WireFormat());
        UpdateSession update =
                new UpdateSession(id(), keys.session().sessionId(), null, Instant.now(), "echo", null, null);
        assertThatThrownBy(() -> commands.submit(update, null)).isInstanceOf(EventsUnavailableException.class);
        ForkSession fork =
                new ForkSession(id(), keys.session().sessionId(), null, Instant.now(), id(), SessionId.random());
        assertThatThrownBy(() -> commands.submit(fork, null, 0, null)).isInstanceOf(EventsUnavailableException.class);
        assertThat(calls).isEmpty();
    }

    @Test
    void removesTheRecordOfACommandIfTheReplyOfRedisWasLost() {
        String asked = asked();
        LOSE_REPLY.set(true);
        assertThat(patch().status()).isEqualTo(503);
        assertThat(open()).containsExactly(asked);
        assertThat(gateway.bean(StringRedisTemplate.class).opsForZSet().range(keys.requestIds(), 0, -1))
                .containsExactly(asked);
        assertThat(patch().status()).isEqualTo(202);
    }

    @Test
    void doesNotCountACommandWhosePublishFailedUnexpectedly() {
        String asked = asked();
        FAIL_PUBLISH.set(true);
        assertThat(patch().status()).isEqualTo(500);
        assertThat(open()).containsExactly(asked);
    }

    /** Returns the id of an accepted question. Kafka counts as unavailable for a moment if the broker is slow. */
    private String asked() {
        return await().until(() -> gateway.ask(session, "?"), accepted -> accepted.status() == 202)
                .text("request_id");
    }

    private HttpReply patch() {
        return gateway.patch("/v1/sessions/" + session, "{\"ttl_seconds\":60}");
    }

    private Iterable<String> open() {
        return gateway.bean(StringRedisTemplate.class).opsForZSet().range(keys.openRequestIds(), 0, -1);
    }

    private static EventStreams neverStarted() {
        return new EventStreams(
                (_, _) -> {
                    throw new IllegalStateException("no broker");
                },
                "events",
                () -> {},
                new EventStreams.StreamLimits(
                        2,
                        new Outbox.Bounds(10, 10_000),
                        Duration.ofHours(1),
                        1_000_000,
                        1,
                        1_000,
                        Duration.ofSeconds(1)),
                new BoundedWaits(),
                new DeliverySpans(Traces.NONE),
                new SimpleMeterRegistry());
    }

    private CommandRecords records() {
        return new CommandRecords() {
            @Override
            public CreateResult create(SessionCommand command, long bytes, int extra) {
                calls.add("create");
                return new CommandCreated();
            }

            @Override
            public Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl) {
                calls.add("reserve");
                return Optional.of(fork);
            }

            @Override
            public void remove(RequestId command, SessionKey session, boolean unsure) {
                calls.add("remove");
            }
        };
    }

    private static UserTurns turns() {
        return new UserTurns(NO_LIMITS, null, null, new SimpleMeterRegistry());
    }

    private static RateLimits rates() {
        return new RateLimits(NO_LIMITS, null, null, new SimpleMeterRegistry());
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }
}
