package io.turnlane.doubles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpDoubleTest {

    private final HttpDouble server = new HttpDouble(Behaviour.json("{\"answer\":42}"));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void answersAndRecordsRequestsOfOneConnection() throws Exception {
        assertThat(post("Hello, Zürich").body()).isEqualTo("{\"answer\":42}");
        assertThat(post("again").statusCode()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::body).containsExactly("Hello, Zürich", "again");
        assertThat(server.requests().getFirst().headers()).containsEntry("x-test", "1");
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.mostRunning()).isEqualTo(1);
    }

    @Test
    void sendsAStreamOfEvents() throws Exception {
        server.behave(Behaviour.events(List.of("one", "two")));
        assertThat(post("").body()).isEqualTo("data: one\n\ndata: two\n\n");
    }

    @Test
    void asksForALaterRepetitionOnce() throws Exception {
        server.behave(Behaviour.oneAfterTheOther(Behaviour.tooManyRequests(3), Behaviour.json("{}")));
        HttpResponse<String> rejected = post("");
        assertThat(rejected.statusCode()).isEqualTo(429);
        assertThat(rejected.headers().firstValue("Retry-After")).contains("3");
        assertThat(post("").statusCode()).isEqualTo(200);
    }

    @Test
    void breaksAStream() {
        server.behave(Behaviour.reset(List.of("one")));
        assertThatThrownBy(() -> post("")).isInstanceOf(IOException.class);
        server.behave(Behaviour.cut(List.of("one")));
        assertThatThrownBy(() -> post("")).isInstanceOf(IOException.class);
        await().until(() -> server.connections() == 0);
        assertThat(server.abandoned()).isZero();
    }

    @Test
    void noticesThatTheClientClosesTheConnectionOfASilentReply() throws Exception {
        server.behave(Behaviour.silenceAfter(List.of("one")));
        noticesTheClose();
    }

    @Test
    void noticesThatTheClientClosesTheConnectionOfAnEndlessReply() throws Exception {
        server.behave(Behaviour.endless(i -> "part " + i, Duration.ofMillis(5)));
        noticesTheClose();
    }

    private void noticesTheClose() throws Exception {
        try (InputStream body =
                client.send(request(""), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(10)).startsWith("data: ".getBytes(StandardCharsets.US_ASCII));
            assertThat(server.running()).isEqualTo(1);
        }
        await().until(() -> server.abandoned() == 1);
        await().until(() -> server.connections() == 0 && server.running() == 0);
    }

    private HttpResponse<String> post(String body) throws Exception {
        return client.send(request(body), BodyHandlers.ofString());
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(server.url("/x"))
                .header("X-Test", "1")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
