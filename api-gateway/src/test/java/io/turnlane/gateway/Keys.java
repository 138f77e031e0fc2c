package io.turnlane.gateway;

import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.Gateway.Reply;
import io.turnlane.gateway.keys.KafkaKeyTopic;
import io.turnlane.gateway.keys.KeySecret;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The keys of a gateway's callers, made as an operator makes them. */
final class Keys {

    /** What a gateway is started with that wants them. */
    static final String MODE = "turnlane.security.mode=api-key";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KafkaKeyTopic topic;
    private final Map<String, ApiKey> made = new HashMap<>();

    Keys(Gateway gateway) {
        topic = new KafkaKeyTopic(
                Map.of("bootstrap.servers", gateway.backends().bootstrapServers()),
                gateway.topics().keys());
    }

    KafkaKeyTopic topic() {
        return topic;
    }

    /** A key's text. */
    String make(String user, Scope... scopes) {
        return make(user, null, scopes);
    }

    String make(String user, Instant expiresAt, Scope... scopes) {
        KeySecret secret = KeySecret.random(RANDOM);
        put(secret.reveal(), secret.stored(user, Set.of(scopes), null, Instant.now(), expiresAt));
        return secret.reveal();
    }

    void revoke(String key) {
        put(key, made.get(key).revoke(Instant.now()));
    }

    private void put(String key, ApiKey stored) {
        try {
            topic.put(stored);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        made.put(key, stored);
    }

    /** Calls with a key. */
    record Client(Gateway gateway, String key) {

        static String[] bearer(String key) {
            return new String[] {"Authorization", "Bearer " + key};
        }

        Reply get(String path) {
            return gateway.get(path, bearer(key));
        }

        Reply post(String path, String json) {
            return gateway.post(path, json, bearer(key));
        }

        Reply delete(String path) {
            return gateway.send(gateway.request(path, bearer(key)).DELETE());
        }

        Reply ask(String session, String question) {
            return post("/v1/sessions/" + session + "/requests", "{\"question\":\"" + question + "\"}");
        }

        Sse stream(String path, String... headers) {
            String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
            System.arraycopy(bearer(key), 0, all, headers.length, 2);
            return gateway.stream(path, all);
        }
    }

    /** Somebody whom this gateway knows by now. */
    Client client(Gateway gateway, String key) {
        Client client = new Client(gateway, key);
        await().until(() -> client.get("/v1/nothing").status() != 401);
        return client;
    }

    Client newcomer(Gateway gateway, String user, Scope... scopes) {
        return client(gateway, make(user, scopes));
    }
}
