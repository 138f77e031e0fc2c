package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.Gateway.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AskTest {

    private static Gateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = Gateway.start();
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void acceptsAQuestionAndAnswersByStreamAndByPoll() {
        Reply accepted = gateway.ask("s-1", "why?");
        assertThat(accepted.status()).as(accepted.response().body()).isEqualTo(202);
        String self = accepted.header("Location");
        assertThat(self).isEqualTo("/v1/sessions/s-1/requests/" + accepted.text("request_id"));
        assertThat(accepted.header("X-Request-Id")).isEqualTo(accepted.text("request_id"));

        List<Sse.Event> events = gateway.stream(self + "/events").rest();
        assertThat(events).extracting(Sse.Event::type).containsExactly("started", "delta", "completed");

        Reply polled = gateway.get(self);
        assertThat(polled.text("status")).isEqualTo("completed");
        assertThat(polled.json().path("answer").path("text").asString()).isEqualTo("You said: why?");
    }
}
