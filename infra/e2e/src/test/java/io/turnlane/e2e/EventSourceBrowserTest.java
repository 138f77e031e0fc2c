package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The browser's own EventSource, which reconnects after the end of every stream until a response is not 200. */
@ExtendWith(PageExtension.class)
class EventSourceBrowserTest {

    /** Follows a request until the EventSource is closed, at most for three connections. */
    private static final String FOLLOW = """
            (path) => new Promise((resolve) => {
              const seen = { connections: 0, types: [] };
              const source = new EventSource(path);
              const done = () => { source.close(); resolve(seen); };
              source.onopen = () => { seen.connections++; if (seen.connections === 3) done(); };
              source.onerror = () => { if (source.readyState === EventSource.CLOSED) done(); };
              for (const type of ['started', 'delta', 'completed']) {
                source.addEventListener(type, () => seen.types.push(type));
              }
            })""";

    private final PageFixture fixture;
    private final Page page;

    EventSourceBrowserTest(PageFixture fixture) {
        this.fixture = fixture;
        this.page = fixture.visitor().expectUnavailable().raw();
    }

    @Test
    void stopsAfterOneReplayOfAFinishedRequest() {
        try (Client client = new Client(fixture.address())) {
            Client.ClientReply done = client.askAndWait("event-source", "hello", Map.of());
            assertThat(done.text("status")).isEqualTo("completed");
            // A file of the gateway, because the chat page would follow sessions of its own.
            page.navigate(fixture.address() + "/js/turnlane-client.js");
            String events = "/v1/sessions/event-source/requests/" + done.text("request_id") + "/events";
            assertThat(page.evaluate(FOLLOW, events))
                    .isEqualTo(Map.of("connections", 1, "types", List.of("started", "delta", "completed")));
        }
    }
}
