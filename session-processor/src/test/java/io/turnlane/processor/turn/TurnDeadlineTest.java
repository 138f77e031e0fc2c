package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TurnDeadlineTest extends TurnTests {

    private static final Duration DEADLINE = Duration.ofSeconds(8);

    @Test
    void isNotExtendedByAGatewayWhoseClockIsAhead() {
        Instant ahead = NOW.plus(Duration.ofMinutes(10));
        assertThat(published(ahead).timeUntilDeadline(NOW)).isEqualTo(DEADLINE);
    }

    @Test
    void countsTheTimeSinceTheQuestionWasPublished() {
        assertThat(published(NOW.minusSeconds(3)).timeUntilDeadline(NOW)).isEqualTo(Duration.ofSeconds(5));
        assertThat(published(NOW.minusSeconds(9)).timeUntilDeadline(NOW)).isZero();
        assertThat(turn(ask, new byte[0]).timeUntilDeadline(NOW)).isNull();
    }

    private Turn published(Instant at) {
        Turn.Envelope envelope = new Turn.Envelope(
                null, null, null, TurnPolicy.ENQUEUE, Priority.NORMAL, at.plus(DEADLINE), null, null, null);
        return new Turn(ask.key(), ask.requestId(), envelope, 0, 7, at, claim);
    }
}
