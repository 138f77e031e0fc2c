package io.turnlane.processor.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryAfterHeaderTest {

    private static final Duration MOST = Duration.ofSeconds(30);

    @Test
    void readsSecondsAndDates() {
        assertThat(RetryAfterHeader.of(headers("7", null), MOST)).contains(Duration.ofSeconds(7));
        assertThat(RetryAfterHeader.of(headers("Wed, 1 Jan 2020 00:00:09 GMT", "Wed, 1 Jan 2020 00:00:00 GMT"), MOST))
                .contains(Duration.ofSeconds(9));
    }

    @Test
    void hasBounds() {
        assertThat(RetryAfterHeader.of(headers("31", null), MOST)).contains(MOST);
        assertThat(RetryAfterHeader.of(headers("99999999999999999999", null), MOST))
                .contains(MOST);
        assertThat(RetryAfterHeader.of(headers("Wed, 1 Jan 2020 00:00:09 GMT", null), MOST))
                .contains(Duration.ZERO);
    }

    @Test
    void ignoresOtherValues() {
        assertThat(RetryAfterHeader.of(headers(null, null), MOST)).isEmpty();
        assertThat(RetryAfterHeader.of(headers("soon", null), MOST)).isEmpty();
        assertThat(RetryAfterHeader.of(headers("-1", null), MOST)).isEmpty();
    }

    private static HttpHeaders headers(String retryAfter, String date) {
        Map<String, List<String>> values = new HashMap<>();
        if (retryAfter != null) {
            values.put("Retry-After", List.of(retryAfter));
        }
        if (date != null) {
            values.put("Date", List.of(date));
        }
        return HttpHeaders.of(values, (_, _) -> true);
    }
}
