package io.turnlane.log;

import io.turnlane.model.redis.RedisAddress;
import io.turnlane.model.redis.RedisTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Adds settings for secured backends to an application: the Kafka settings of the file in
 * {@value KafkaClientFile#VARIABLE}, and the files of {@link RedisTls}. Settings of the same name in any other place
 * take precedence. Also checks the address of Redis.
 */
public final class BackendAccess implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** @throws IllegalStateException if a file cannot be read, or if the address of Redis is invalid */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Environment environment = context.getEnvironment();
        Map<String, Object> settings = new HashMap<>();
        KafkaClientFile.named(environment.getProperty(KafkaClientFile.VARIABLE))
                .ifPresent(file -> settings.putAll(kafka(file)));
        settings.putAll(RedisTls.of(environment::getProperty).springProperties());
        Optional.ofNullable(environment.getProperty("spring.data.redis.url")).ifPresent(RedisAddress::requireValid);
        if (!settings.isEmpty()) {
            context.getEnvironment()
                    .getPropertySources()
                    .addLast(new MapPropertySource("access to the backends", settings));
        }
    }

    private static Map<String, String> kafka(Path file) {
        try {
            return KafkaClientFile.springProperties(KafkaClientFile.read(file));
        } catch (IOException e) {
            throw new IllegalStateException(KafkaClientFile.VARIABLE + ": cannot read " + file
                    + " as a properties file. Check its path, its permissions and its content.");
        }
    }
}
