package io.turnlane.bench.subject;

import java.util.HashMap;
import java.util.Map;

/**
 * Arguments of a server of the benchmarks.
 *
 * @param port HTTP port
 * @param redisUrl URL of Redis
 * @param kafka settings that a Kafka client needs to reach the broker
 */
record ServerArguments(int port, String redisUrl, Map<String, Object> kafka) {

    static ServerArguments parse(String[] arguments) {
        Map<String, Object> kafka = new HashMap<>();
        for (int i = 2; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            kafka.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        return new ServerArguments(Integer.parseInt(arguments[0]), arguments[1], kafka);
    }

    /** Returns the Kafka settings together with these. */
    Map<String, Object> kafkaWith(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(kafka);
        all.putAll(more);
        return all;
    }
}
