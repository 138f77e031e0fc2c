package io.turnlane.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTimesHeaderTest {

    private static final Instant CREATED = Instant.parse("2026-11-30T08:00:00Z");
    private static final RequestTimes TIMES =
            new RequestTimes(CREATED.plusMillis(20), CREATED.plusMillis(30), CREATED.plusMillis(100));

    @Test
    void readsBackItsHeader() {
        assertThat(RequestTimes.ofHeader(TIMES.toHeader())).isEqualTo(TIMES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2", "1 2 3 4", "1 2 x", "1  2", "1 2 9223372036854775807"})
    void rejectsOtherTexts(String text) {
        assertThatThrownBy(() -> RequestTimes.ofHeader(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsFromTheAcceptance() {
        assertThat(TIMES.queuedTime(CREATED)).isEqualTo(Duration.ofMillis(20));
        assertThat(TIMES.processingTime(CREATED)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void neverReturnsANegativeTime() {
        Instant late = CREATED.plusSeconds(5);
        assertThat(TIMES.queuedTime(late)).isZero();
        assertThat(TIMES.processingTime(late)).isZero();
    }
}
