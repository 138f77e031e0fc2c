package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.MemoryResult.HandoverPending;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A flight whose partition left, and the next owner that waits for it. */
class RedisHandoverTest extends RedisMemoryTests {

    private static final Duration HANDOVER = Duration.ofSeconds(30);

    private final Ask ask = ask("?");
    private final FlightRef before = flight(ask, 1);
    private final FlightRef next = flight(ask, 2);

    @Test
    void letsTheFlightEndAndReturnsItsResultToTheNextOwner() {
        begin(before, ask);
        assertThat(memory.startHandover(before, HANDOVER)).isTrue();
        Map<Object, Object> record = record();
        assertThat(begin(next, ask))
                .isInstanceOfSatisfying(
                        HandoverPending.class,
                        leaving -> assertThat(leaving.left()).isBetween(Duration.ofSeconds(20), HANDOVER));
        assertThat(record()).as("waiting changes nothing").isEqualTo(record);
        assertThat(context("fence")).isEqualTo("1");

        assertThat(commit(before, ask)).isInstanceOf(SettleResult.Stored.class);
        assertThat(request(ask, "leaving_until")).isNull();
        assertThat(request(ask, "left_at")).as("kept for the timeline").isNotNull();
        assertThat(begin(next, ask))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().status()).isEqualTo(RequestStatus.COMPLETED));
        assertThat(questions(memory)).containsExactly("?");
    }

    @Test
    void waitsNoLongerThanTheHandoverAndThenFencesOffAnOwnerThatWasFrozen() {
        begin(before, ask);
        memory.startHandover(before, Duration.ofMillis(150));
        assertThat(begin(next, ask)).isInstanceOf(HandoverPending.class);
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(begin(next, ask)).isEqualTo(new RunTurn(2, 0, null, Memory.EMPTY)));
        assertThat(request(ask, "crashes")).isEqualTo("1");
        assertThat(request(ask, "leaving_until")).isNull();
        assertThat(request(ask, "left_at")).as("of another flight").isNull();

        assertThat(memory.startHandover(before, HANDOVER)).as("too late").isFalse();
        assertThat(commit(before, ask)).isEqualTo(new MemoryResult.Fenced());
        assertThat(request(ask, "crashes")).as("its processor was only paused").isEqualTo("0");
        assertThat(memory.startHandover(next, HANDOVER))
                .as("the next owner may start a handover too")
                .isTrue();
        assertThat(begin(flight(ask, 3), ask)).isInstanceOf(HandoverPending.class);
    }

    @Test
    void startsOnlyForTheStoredFlightOfTheNewestOwner() {
        assertThat(memory.startHandover(flight(answer("ended"), 1), HANDOVER)).isFalse();
        assertThat(memory.startHandover(before, HANDOVER)).as("never began").isFalse();
        begin(before, ask);
        assertThat(memory.startHandover(next, HANDOVER)).as("another flight").isFalse();
        redis.template.opsForHash().put(keys.context(), "fence", "2");
        assertThat(memory.startHandover(before, HANDOVER))
                .as("a newer owner has written")
                .isFalse();
        assertThat(request(ask, "leaving_until")).isNull();
    }

    @Test
    void doesNotExtendTheTimeOnARepeatedCall() {
        begin(before, ask);
        memory.startHandover(before, HANDOVER);
        Object until = request(ask, "leaving_until");
        assertThat(memory.startHandover(before, HANDOVER.multipliedBy(2))).isTrue();
        assertThat(request(ask, "leaving_until")).isEqualTo(until);
    }

    @Test
    void endsTheHandoverAtOnceIfTheFlightIsReleasedOrItsAgentFails() {
        begin(before, ask);
        memory.startHandover(before, HANDOVER);
        memory.release(before, Usage.NONE);
        assertThat(request(ask, "leaving_until")).isNull();
        assertThat(begin(next, ask)).isEqualTo(new RunTurn(2, 0, null, Memory.EMPTY));
        assertThat(request(ask, "crashes")).isEqualTo("0");

        memory.startHandover(next, HANDOVER);
        assertThat(memory.fail(next, ERROR, false, Usage.NONE, Map.of())).isEqualTo(new SettleResult.Stored());
        assertThat(request(ask, "leaving_until")).isNull();
        FlightRef third = flight(ask, 3);
        assertThat(begin(third, ask)).isEqualTo(new RunTurn(3, 1, null, Memory.EMPTY));

        memory.startHandover(third, HANDOVER);
        assertThat(memory.fail(third, ERROR, true, Usage.NONE, Map.of())).isEqualTo(new SettleResult.Stored());
        assertThat(request(ask, "leaving_until")).isNull();
        assertThat(begin(flight(ask, 4), ask)).isInstanceOf(AlreadyEnded.class);
    }

    @Test
    void failsAnUnreadableRecordOnlyAfterItsFlightHasEnded() {
        begin(before, ask);
        memory.startHandover(before, HANDOVER);
        assertThat(memory.giveUp(next, null, ERROR, 0)).isInstanceOf(HandoverPending.class);
        commit(before, ask);
        assertThat(memory.giveUp(next, null, ERROR, 0))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().status()).isEqualTo(RequestStatus.COMPLETED));
    }

    @Test
    void ignoresAHandoverThatIsLongerThanOneMinute() {
        begin(before, ask);
        memory.startHandover(before, HANDOVER);
        long inAnHour = Instant.now().plusSeconds(3600).toEpochMilli();
        redis.template.opsForHash().put(keys.request(ask.requestId()), "leaving_until", Long.toString(inAnHour));
        assertThat(begin(next, ask)).isInstanceOf(RunTurn.class);
    }

    private Map<Object, Object> record() {
        return redis.template.opsForHash().entries(keys.request(ask.requestId()));
    }
}
