package io.turnlane.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.standalone.client.EventStream.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventStreamTest {

    private static EventStream of(String text) {
        return new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void readsEventsAndPassesOverComments() throws IOException {
        EventStream events =
                of(": hello\n\nid: 7-1\nevent: delta\ndata: {\"text\":\"Grüße\"}\n\nevent:completed\ndata:{}\n\n");

        Event delta = events.next().orElseThrow();
        assertThat(delta.type()).isEqualTo("delta");
        assertThat(delta.cursor()).contains("7-1");
        assertThat(delta.data().path("text").asString()).isEqualTo("Grüße");

        Event completed = events.next().orElseThrow();
        assertThat(completed.type()).isEqualTo("completed");
        assertThat(completed.cursor()).as("stays until another comes").contains("7-1");
        assertThat(events.next()).isEmpty();
    }

    @Test
    void joinsDataLines() throws IOException {
        assertThat(of("data: {\"a\":\ndata: 1}\r\n\r\n")
                        .next()
                        .orElseThrow()
                        .data()
                        .path("a")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void anEventThatIsCutOffIsNone() throws IOException {
        assertThat(of("event: delta\ndata: {\"text\":\"half\"}\n").next()).isEmpty();
    }
}
