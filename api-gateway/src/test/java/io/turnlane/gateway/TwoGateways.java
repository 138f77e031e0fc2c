package io.turnlane.gateway;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** Two gateways on one log, the first of which can be made to fail, and a processor that tests script. */
final class TwoGateways implements AutoCloseable {

    final TestGateway first;
    final TestGateway second;
    final TestProcessor processor;
    final UnreliablePublisher publisher;

    TwoGateways(String... settings) {
        AtomicReference<UnreliablePublisher> wrapper = new AtomicReference<>();
        Topics topics = TestGateway.freshTopics();
        first = TestGateway.startPublishing(
                TestBackends.shared(),
                topics,
                log -> {
                    wrapper.set(new UnreliablePublisher(log));
                    return wrapper.get();
                },
                settings);
        second = TestGateway.start(TestBackends.shared(), topics, settings);
        publisher = wrapper.get();
        processor = new TestProcessor(first).withScript(TestProcessor.MANUAL);
    }

    static String freshSession() {
        return "s-" + UUID.randomUUID();
    }

    static HttpReply ask(TestGateway gateway, String session, String key, String question) {
        return gateway.post("/v1/sessions/" + session + "/requests", question(question), "Idempotency-Key", key);
    }

    static String question(String question) {
        return "{\"question\":\"" + question + "\"}";
    }

    /** Returns the request ids of all unread turns of the session in log order, duplicates included. */
    List<String> turnsInLog(String session) throws InterruptedException {
        String last = second.ask(session, "the last").text("request_id");
        List<String> ids = new ArrayList<>();
        for (ReceivedTurn turn = processor.nextTurn();
                !turn.command.requestId().toString().equals(last);
                turn = processor.nextTurn()) {
            if (turn.command.sessionId().toString().equals(session)) {
                ids.add(turn.command.requestId().toString());
            }
        }
        return ids;
    }

    ReceivedTurn nextTurn(String session) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.sessionId().toString().equals(session)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    static MemoryKeys keys(String session) {
        return new MemoryKeys(new SessionKey("-", new SessionId(session)));
    }

    /** Returns the requests of this session in Redis. */
    List<String> requestRecords(String session) {
        return processor.redis().sync().zrange(keys(session).requestIds(), 0, -1).stream()
                .map(id -> new String(id, StandardCharsets.UTF_8))
                .toList();
    }

    /** Returns the Redis keys of the claims of this session. */
    List<String> claims(String session) {
        return processor.redis().sync().keys(keys(session).claim("*")).stream()
                .filter(key -> !key.endsWith(":calls"))
                .toList();
    }

    @Override
    public void close() {
        processor.close();
        first.close();
        second.close();
    }
}
