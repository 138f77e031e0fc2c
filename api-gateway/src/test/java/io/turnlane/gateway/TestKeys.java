package io.turnlane.gateway;

import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.guard.keys.KeySecret;
import io.turnlane.log.CompactedTopic;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** API keys for a gateway, created as an operator creates them. */
final class TestKeys {

    /** Setting of a gateway with API keys. */
    static final String MODE = "turnlane.security.mode=api-key";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final CompactedTopic<ApiKey> topic;
    private final Map<String, ApiKey> created = new HashMap<>();

    TestKeys(TestGateway gateway) {
        topic = CompactedTopic.ofApiKeys(gateway.backends().kafka(), gateway.topics());
    }

    CompactedTopic<ApiKey> topic() {
        return topic;
    }

    /** Creates a key and returns its text. */
    String create(String user, Scope... scopes) {
        return create(user, null, scopes);
    }

    String create(String user, Instant expiresAt, Scope... scopes) {
        KeySecret secret = KeySecret.random(RANDOM);
        put(secret.reveal(), secret.stored(user, Set.of(scopes), null, Instant.now(), expiresAt));
        return secret.reveal();
    }

    void revoke(String key) {
        put(key, created.get(key).revoke(Instant.now()));
    }

    private void put(String key, ApiKey stored) {
        try {
            topic.publish(stored);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        created.put(key, stored);
    }

    /** Client that calls with a key. */
    record KeyedClient(TestGateway gateway, String key) {

        static String[] bearer(String key) {
            return new String[] {"Authorization", "Bearer " + key};
        }

        HttpReply get(String path) {
            return gateway.get(path, bearer(key));
        }

        HttpReply post(String path, String json) {
            return gateway.post(path, json, bearer(key));
        }

        HttpReply delete(String path) {
            return gateway.send(gateway.request(path, bearer(key)).DELETE());
        }

        HttpReply ask(String session, String question) {
            return post("/v1/sessions/" + session + "/requests", "{\"question\":\"" + question + "\"}");
        }

        SseClient stream(String path, String... headers) {
            String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
            System.arraycopy(bearer(key), 0, all, headers.length, 2);
            return gateway.stream(path, all);
        }
    }

    /** Returns a client after the gateway has read its key. */
    KeyedClient client(TestGateway gateway, String key) {
        KeyedClient client = new KeyedClient(gateway, key);
        await().until(() -> client.get("/v1/nothing").status() != 401);
        return client;
    }

    KeyedClient newClient(TestGateway gateway, String user, Scope... scopes) {
        return client(gateway, create(user, scopes));
    }
}
