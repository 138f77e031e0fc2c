package io.turnlane.processor.memory;

import io.lettuce.core.RedisURI;
import io.turnlane.backends.TestBackends;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A connection to the tests' Redis. */
final class TestRedis implements AutoCloseable {

    private final LettuceConnectionFactory connections;
    final StringRedisTemplate template;

    TestRedis() {
        RedisURI uri = RedisURI.create(TestBackends.shared().redisUrl());
        RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
        configuration.setPassword(
                uri.getCredentialsProvider().resolveCredentials().block().getPassword());
        connections = new LettuceConnectionFactory(configuration);
        connections.afterPropertiesSet();
        connections.start();
        template = new StringRedisTemplate(connections);
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
