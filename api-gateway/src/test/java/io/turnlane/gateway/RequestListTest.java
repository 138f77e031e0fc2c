package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The list of a session's requests. */
@Timeout(60)
class RequestListTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();
    private final String list = "/v1/sessions/" + session + "/requests";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway).withScript(RequestListTest::answer);
    }

    private static void answer(ReceivedTurn turn) {
        switch (turn.ask.question()) {
            case "fail" -> turn.fail(ErrorCode.AGENT_ERROR, "The model is unavailable.");
            case "wait" -> turn.attempt(1);
            default -> turn.answer("So.");
        }
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    private void ask(String question) {
        String self = gateway.ask(session, question).header("Location");
        if (!question.equals("wait")) {
            assertThat(gateway.get(self + "?wait=20").json().path("finished_at").isNull())
                    .isFalse();
        }
    }

    private static List<String> questions(HttpReply page) {
        List<String> questions = new ArrayList<>();
        page.json()
                .path("requests")
                .forEach(request -> questions.add(request.path("question").asString()));
        return questions;
    }

    @Test
    void listsQuestionsThatFailedBesideTheOthersNewestFirst() {
        ask("one");
        ask("fail");
        ask("two");

        HttpReply all = gateway.get(list);
        assertThat(questions(all)).containsExactly("two", "fail", "one");
        assertThat(all.json().path("next").isNull()).isTrue();
        JsonNode failed = all.json().path("requests").path(1);
        assertThat(failed.path("status").asString()).isEqualTo("failed");
        assertThat(failed.path("error").path("code").asString()).isEqualTo("agent_error");
        assertThat(failed.has("answer")).isFalse();
        assertThat(gateway.get(failed.path("links").path("self").asString()).text("status"))
                .isEqualTo("failed");
    }

    @Test
    void filtersByStatus() {
        ask("one");
        ask("fail");
        ask("wait");

        assertThat(questions(gateway.get(list + "?status=failed"))).containsExactly("fail");
        assertThat(questions(gateway.get(list + "?status=queued,failed"))).containsExactly("wait", "fail");
        assertThat(questions(gateway.get(list + "?status=queued&status=completed")))
                .containsExactly("wait", "one");
        assertThat(questions(gateway.get(list + "?status=superseded"))).isEmpty();
        assertThat(gateway.get(list + "?status=unknown").status()).isEqualTo(400);
    }

    @Test
    void pagesThroughAllRequestsOnce() {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            gateway.ask(session, "wait"); // several within one millisecond
            String question = "q" + i;
            asked.addFirst(question);
            asked.add(1, "wait");
            gateway.ask(session, question);
        }
        for (int limit : new int[] {1, 3, 14, 100}) {
            List<String> seen = new ArrayList<>();
            String next = "";
            while (next != null) {
                HttpReply page = gateway.get(list + "?limit=" + limit + (next.isEmpty() ? "" : "&cursor=" + next));
                seen.addAll(questions(page));
                next = page.text("next");
            }
            assertThat(seen).as("limit %d", limit).isEqualTo(asked);
        }
    }

    @Test
    void listsRequestsOfASessionThatHasExpired() {
        ask("fail");
        String context = new MemoryKeys(SessionKey.parse("-:" + session)).context();
        processor.redis().sync().del(context);

        assertThat(gateway.get("/v1/sessions/" + session).status()).isEqualTo(404);
        assertThat(questions(gateway.get(list))).containsExactly("fail");
    }

    @Test
    void rejectsUnknownSessionsAndInvalidPages() {
        assertThat(gateway.get(list).status()).isEqualTo(404);
        ask("one");
        for (String query : List.of("limit=0", "limit=101", "limit=x", "cursor=garbage", "cursor=MTo", "cursor=%20")) {
            assertThat(gateway.get(list + "?" + query).status()).as(query).isEqualTo(400);
        }
    }
}
