package io.turnlane.log;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Headers of records as text. All values are UTF-8. */
public final class HeaderText {

    private HeaderText() {}

    /** Returns the value of the last header with this name; null if the record has no such header or no value. */
    public static @Nullable String get(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /**
     * Returns the value of the last header with this name as a number; null if there is no such header, or if its value
     * is not a number from 0 to 10^18 - 1.
     */
    public static @Nullable Long getNumber(ConsumerRecord<?, ?> record, String name) {
        String text = get(record, name);
        return text == null || !isNumber(text) ? null : Long.valueOf(text);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    public static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
