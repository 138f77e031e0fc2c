package io.turnlane.gateway;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.Gateway.Reply;
import io.turnlane.gateway.TestProcessor.Turn;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** Two gateways on one log, the first of which can be made to fail, and a processor that does what a test says. */
final class TwoGateways implements AutoCloseable {

    final Gateway first;
    final Gateway second;
    final TestProcessor processor;
    final UnreliablePublisher publisher;

    TwoGateways(String... settings) {
        AtomicReference<UnreliablePublisher> wrapped = new AtomicReference<>();
        Topics topics = Gateway.freshTopics();
        first = Gateway.startPublishing(
                TestBackends.shared(),
                topics,
                log -> {
                    wrapped.set(new UnreliablePublisher(log));
                    return wrapped.get();
                },
                settings);
        second = Gateway.start(TestBackends.shared(), topics, settings);
        publisher = wrapped.get();
        processor = new TestProcessor(first).saying(TestProcessor.BY_HAND);
    }

    static String freshSession() {
        return "s-" + UUID.randomUUID();
    }

    static Reply ask(Gateway gateway, String session, String key, String question) {
        return gateway.post("/v1/sessions/" + session + "/requests", question(question), "Idempotency-Key", key);
    }

    static String question(String question) {
        return "{\"question\":\"" + question + "\"}";
    }

    /** The ids of all turns of the session that the log has, in its order, twins too. */
    List<String> onLog(String session) throws InterruptedException {
        String last = second.ask(session, "the last").text("request_id");
        List<String> ids = new ArrayList<>();
        for (Turn turn = processor.taken();
                !turn.command.requestId().toString().equals(last);
                turn = processor.taken()) {
            if (turn.command.sessionId().toString().equals(session)) {
                ids.add(turn.command.requestId().toString());
            }
        }
        return ids;
    }

    Turn taken(String session) throws InterruptedException {
        Turn turn = processor.taken();
        while (!turn.command.sessionId().toString().equals(session)) {
            turn = processor.taken();
        }
        return turn;
    }

    static MemoryKeys keys(String session) {
        return new MemoryKeys(new SessionKey("-", new SessionId(session)));
    }

    /** The requests that memory has of this session. */
    List<String> recorded(String session) {
        return processor.redis().sync().zrange(keys(session).requests(), 0, -1).stream()
                .map(id -> new String(id, StandardCharsets.UTF_8))
                .toList();
    }

    /** The Redis keys of this session's claims. */
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
