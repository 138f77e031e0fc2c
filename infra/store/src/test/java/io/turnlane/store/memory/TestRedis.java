package io.turnlane.store.memory;

import io.lettuce.core.RedisURI;
import io.turnlane.backends.TestBackends;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Connection to the Redis of the tests. */
public final class TestRedis implements AutoCloseable {

    private final LettuceConnectionFactory connections;
    public final StringRedisTemplate template;

    public TestRedis() {
        this(null, 0);
    }

    /** Connects to a database that other tests do not use. */
    public TestRedis(int database) {
        this(null, database);
    }

    /**
     * Connects as a user.
     *
     * @param user name of a user with the password of the default user; null for the default user, who has all rights
     */
    public TestRedis(String user) {
        this(user, 0);
    }

    private TestRedis(String user, int database) {
        RedisURI uri = RedisURI.create(TestBackends.shared().redisUrl());
        RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
        configuration.setUsername(user);
        configuration.setDatabase(database);
        configuration.setPassword(password());
        connections = new LettuceConnectionFactory(configuration);
        connections.afterPropertiesSet();
        connections.start();
        template = new StringRedisTemplate(connections);
    }

    public static String password() {
        return String.valueOf(RedisURI.create(TestBackends.shared().redisUrl())
                .getCredentialsProvider()
                .resolveCredentials()
                .block()
                .getPassword());
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
