package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.StoredUsage;
import io.turnlane.store.limit.RedisUserTurns;
import io.turnlane.store.limit.RedisUserTurns.CountedTurn;
import io.turnlane.store.limit.RedisUserTurns.Reservation;
import io.turnlane.store.limit.RedisUserUsage;
import io.turnlane.store.limit.UsageBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Usage of sessions and users in Redis, and the budget of a user. */
class RedisUsageTest extends RedisMemoryTests {

    private static final Usage USAGE = new Usage(1, 700, 300, 0.5, "USD");

    private final RedisUserUsage usages = new RedisUserUsage(redis.template);
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private final String ofUser = MemoryKeys.usageOfUser(session.namespace(), today);
    private Instant now = today.atTime(23, 59).toInstant(ZoneOffset.UTC);

    @Test
    void aRedeliveredTurnCompletesACountThatACrashInterrupted() {
        Ask first = answer();
        Usage before = usages.of(session.namespace(), today);
        String counted = redis.template.<String, String>opsForHash().get(ofUser, "usage");
        Ask second = answer();
        // The processor crashed between the two scripts: the user's usage lacks the second turn.
        redis.template.opsForHash().put(ofUser, "of." + id(), StoredUsage.of(USAGE));
        redis.template.opsForHash().put(ofUser, "usage", counted);
        begin(flight(second, 2), second);
        assertThat(usages.of(session.namespace(), today)).isEqualTo(before.plus(USAGE));
        begin(flight(first, 2), first);
        begin(flight(second, 2), second);
        assertThat(usages.of(session.namespace(), today)).isEqualTo(before.plus(USAGE));
    }

    @Test
    void aSessionThatLostItsUsageDoesNotReduceTheOneOfItsUser() {
        answer();
        Usage before = usages.of(session.namespace(), today);
        redis.template.delete(keys.spent());
        answer();
        assertThat(usages.of(session.namespace(), today)).isEqualTo(before.plus(USAGE));
    }

    @Test
    void theSessionKnowsItsUsageUntilItExpiresAndTheDayIsKeptForTwoDays() {
        answer();
        answer();
        assertThat(StoredUsage.read((String) context("usage"))).isEqualTo(USAGE.plus(USAGE));
        assertThat(redis.template.getExpire(keys.spent())).isBetween(172_000L, 172_800L);
        assertThat(redis.template.getExpire(ofUser)).isBetween(172_000L, 172_800L);
    }

    @Test
    void aTurnWithoutUsageWritesNone() {
        answer("no model");
        assertThat(context("usage")).isNull();
        assertThat(redis.template.hasKey(keys.spent())).isFalse();
    }

    @Test
    void aUserWhoHasUsedTheBudgetAsksAgainOnTheNextDay() {
        SessionKey asker = SessionKey.of("u-" + UUID.randomUUID(), new SessionId("s-1"));
        redis.template
                .opsForHash()
                .put(MemoryKeys.usageOfUser(asker.namespace(), today), "usage", StoredUsage.of(USAGE));
        RedisUserTurns turns = new RedisUserTurns(redis.template, 5, 0, Duration.ofDays(1), () -> now);
        for (UsageBudget spent :
                List.of(new UsageBudget(1000, 0), new UsageBudget(0, 0.5), new UsageBudget(5000, 0.4))) {
            assertThat(reserve(turns, asker, spent)).isEqualTo(Reservation.SPENT);
        }
        assertThat(reserve(turns, asker, new UsageBudget(1001, 0.51))).isEqualTo(Reservation.RESERVED);
        assertThat(reserve(turns, asker, UsageBudget.NONE)).isEqualTo(Reservation.RESERVED);
        now = now.plusSeconds(60);
        assertThat(reserve(turns, asker, new UsageBudget(1000, 0))).isEqualTo(Reservation.RESERVED);
    }

    private static Reservation reserve(RedisUserTurns turns, SessionKey session, UsageBudget budget) {
        return turns.reserve(new CountedTurn(session, new RequestId(UUID.randomUUID()), 0), 0, budget);
    }

    private Ask answer() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        memory.commit(flight, past(ask), Answer.ofText("so").withUsage(USAGE), Map.of());
        return ask;
    }

    private Object id() {
        return redis.template.opsForHash().get(keys.spent(), "id");
    }
}
