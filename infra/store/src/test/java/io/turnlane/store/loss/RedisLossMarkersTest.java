package io.turnlane.store.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.WireFormat;
import io.turnlane.store.memory.TestRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.core.RedisCallback;

class RedisLossMarkersTest {

    /** Otherwise lost memory could not be detected, and turns would wait without end. */
    @Test
    void areReadByAUserWithoutAccessToServerInformation() {
        try (TestRedis redis = new TestRedis()) {
            makeUser(redis, "keys-only", "+@all", "-info");
            try (TestRedis restricted = new TestRedis("keys-only")) {
                RedisLossMarkers markers =
                        new RedisLossMarkers(restricted.template, "turns-of-markers", new WireFormat());
                LossMarkers.MarkerState marks = markers.readOrCreate(List.of(0));
                markers.storeIntact(new RebuildReport(marks.digest(), 0, "p", Instant.EPOCH, 0, 0, 0, Duration.ZERO));
                assertThat(markers.readOrCreate(List.of(0)).intact(0)).isTrue();
            }
        }
    }

    private static void makeUser(TestRedis redis, String name, String... rules) {
        byte[][] arguments = Stream.concat(
                        Stream.of("SETUSER", name, "on", ">" + TestRedis.password(), "~*"), Stream.of(rules))
                .map(argument -> argument.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        redis.template.execute((RedisCallback<Object>) connection -> connection.execute("ACL", arguments));
    }
}
