package io.turnlane.processor.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamedResponseTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final HttpDouble server = new HttpDouble(Behaviour.silence());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void readsEventsWhoseBytesArriveInAnyPieces() throws Exception {
        String stream =
                "\uFEFF: comment\r\n\r\nid: 1\ndata: grün\ndata:  und blau\n\nevent: x\rdata:\r\r\ndata: [DONE]\n\ndata: cut";
        server.behave((_, reply) -> {
            reply.beginEvents();
            for (int i = 0; i < stream.length(); i++) {
                reply.write(stream.substring(i, i + 1));
            }
            reply.end();
        });
        List<String> events = new ArrayList<>();
        try (StreamedResponse response = send()) {
            for (String event = next(response); event != null; event = next(response)) {
                events.add(event);
            }
        }
        assertThat(events).containsExactly("grün\n und blau", "", "[DONE]");
    }

    @Test
    void usesTheConnectionOfACompleteResponseAgain() throws Exception {
        server.behave(Behaviour.events(List.of("one")));
        for (int i = 0; i < 3; i++) {
            try (StreamedResponse response = send()) {
                assertThat(next(response)).isEqualTo("one");
                response.skip(later());
            }
        }
        assertThat(server.requests()).hasSize(3);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void endsAtADeadlineBeforeAndAfterTheHeaders() throws Exception {
        assertThatThrownBy(() -> StreamedResponse.send(client, request(), soon()))
                .isInstanceOf(HttpTimeoutException.class);
        await().until(() -> server.abandoned() == 1);
        server.behave(Behaviour.silenceAfter(List.of("one")));
        try (StreamedResponse response = send()) {
            assertThat(next(response)).isEqualTo("one");
            assertThatThrownBy(() -> response.nextEvent(soon(), LONG)).isInstanceOf(HttpTimeoutException.class);
        }
        await().until(() -> server.abandoned() == 2);
        assertThat(server.connections()).isZero();
    }

    @Test
    void rejectsAnEventThatIsTooLarge() throws Exception {
        server.behave((_, reply) -> {
            reply.beginEvents();
            for (int i = 0; i < 500; i++) {
                reply.write("data: " + "x".repeat(10_000) + "\n");
            }
            reply.end();
        });
        try (StreamedResponse response = send()) {
            assertThatThrownBy(() -> next(response)).isInstanceOf(TooLargeException.class);
        }
    }

    @Test
    void limitsTheSizeOfAText() throws Exception {
        server.behave(Behaviour.json("grün"));
        try (StreamedResponse response = send()) {
            assertThat(response.text(5, later(), LONG)).isEqualTo("grün");
        }
        try (StreamedResponse response = send()) {
            assertThatThrownBy(() -> response.text(4, later(), LONG)).isInstanceOf(TooLargeException.class);
        }
    }

    @Test
    void limitsTheTimeBetweenTwoPartsOfAStream() throws Exception {
        server.behave((_, reply) -> {
            reply.beginEvents();
            for (int i = 0; i < 6; i++) {
                reply.pause(Duration.ofMillis(50));
                reply.write(": waiting\n\n");
            }
            reply.event("one");
            reply.awaitClose();
        });
        try (StreamedResponse response = send()) {
            assertThat(response.nextEvent(later(), Duration.ofMillis(250))).isEqualTo("one");
            assertThatThrownBy(() -> response.nextEvent(later(), Duration.ofMillis(250)))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }

    private static @Nullable String next(StreamedResponse response) throws Exception {
        return response.nextEvent(later(), LONG);
    }

    private StreamedResponse send() throws Exception {
        return StreamedResponse.send(client, request(), later());
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(server.url("/"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofMillis(100));
    }

    private static Deadline later() {
        return Deadline.in(LONG);
    }
}
