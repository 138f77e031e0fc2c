package io.turnlane.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {

    private final ConsumerRecord<String, String> record = new ConsumerRecord<>("t", 0, 0, "k", "v");

    @Test
    void theLastOfSeveralHeadersCounts() {
        HeaderText.add(record.headers(), "name", "older");
        HeaderText.add(record.headers(), "name", "grün");
        assertThat(HeaderText.get(record, "name")).isEqualTo("grün");
    }

    @Test
    void aMissingHeaderAndAHeaderWithoutAValueAreNull() {
        record.headers().add("empty", null);
        assertThat(HeaderText.get(record, "empty")).isNull();
        assertThat(HeaderText.get(record, "missing")).isNull();
        assertThat(HeaderText.getNumber(record, "missing")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "007, 7", "999999999999999999, 999999999999999999"})
    void readsNumbers(String text, long number) {
        HeaderText.add(record.headers(), "n", text);
        assertThat(HeaderText.getNumber(record, "n")).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.0", " 1", "1e3", "x", "1000000000000000000", "١"})
    void aHeaderThatIsNoNumberIsNull(String text) {
        HeaderText.add(record.headers(), "n", text);
        assertThat(HeaderText.getNumber(record, "n")).isNull();
    }
}
