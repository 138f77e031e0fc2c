package io.turnlane.model.redis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://127.0.0.1:6379",
                "redis://:s3cret@redis:6379/2",
                "rediss://user:s3cret%40home@redis.example.org:6380/",
                "redis://[::1]:6379"
            })
    void acceptsAddresses(String url) {
        assertThatCode(() -> RedisAddress.requireValid(url)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cret@redis:6379",
                "https://:s3cret@redis:6379",
                "redis://:s3cret#@redis:6379",
                "redis://:s3cret@redis",
                "redis://:s3cret@redis:6379/s3cret",
                "redis://user name:s3cret@redis:6379",
                "redis:s3cret"
            })
    void rejectsAnInvalidAddressWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> RedisAddress.requireValid(url))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("REDIS_URL must have the form")
                .message()
                .doesNotContain("s3cret");
    }
}
