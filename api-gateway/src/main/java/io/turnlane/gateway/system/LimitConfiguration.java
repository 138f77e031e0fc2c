package io.turnlane.gateway.system;

import io.turnlane.gateway.access.Standing;
import io.turnlane.gateway.limits.OpenConnections;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How much may be asked. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitProperties.class)
class LimitConfiguration {

    @Bean(initMethod = "start", destroyMethod = "close")
    OpenConnections openConnections(Standing standing, LimitProperties limits) {
        return new OpenConnections(standing::stands, limits.connections());
    }
}
