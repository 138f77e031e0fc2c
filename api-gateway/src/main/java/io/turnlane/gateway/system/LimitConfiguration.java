package io.turnlane.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.access.Standing;
import io.turnlane.gateway.admission.BoundedAcceptance;
import io.turnlane.gateway.admission.Overload;
import io.turnlane.gateway.ask.Acceptance;
import io.turnlane.gateway.ask.RedisAcceptance;
import io.turnlane.gateway.fleet.ProcessorDirectory;
import io.turnlane.gateway.fleet.RedisGatewayDirectory;
import io.turnlane.gateway.limits.LimitRules;
import io.turnlane.gateway.limits.LocalTokenBuckets;
import io.turnlane.gateway.limits.OpenConnections;
import io.turnlane.gateway.limits.RateLimits;
import io.turnlane.gateway.limits.RedisConnectionPlaces;
import io.turnlane.gateway.limits.RedisTokenBuckets;
import io.turnlane.gateway.limits.RedisUserTurns;
import io.turnlane.gateway.limits.UserTurns;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** How much may be asked, by one and by all. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitProperties.class)
class LimitConfiguration {

    @Bean
    LimitRules limitRules(LimitProperties limits) {
        return limits.rules();
    }

    @Bean
    RateLimits rateLimits(LimitRules rules, StringRedisTemplate redis, InstantSource clock, MeterRegistry metrics) {
        return new RateLimits(rules, new RedisTokenBuckets(redis), new LocalTokenBuckets(clock), metrics);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    OpenConnections openConnections(
            Standing standing,
            LimitRules rules,
            StringRedisTemplate redis,
            InstantSource clock,
            MeterRegistry metrics) {
        return new OpenConnections(standing::stands, rules, new RedisConnectionPlaces(redis, clock), metrics);
    }

    @Bean
    RedisGatewayDirectory gatewayDirectory(StringRedisTemplate redis, InstantSource clock) {
        return new RedisGatewayDirectory(redis, clock);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    Overload overload(
            ProcessorDirectory processors,
            RedisGatewayDirectory gateways,
            LimitProperties limits,
            InstantSource clock,
            MeterRegistry metrics) {
        return new Overload(processors, gateways::count, limits.maxWait(), clock, metrics);
    }

    @Bean
    Acceptance acceptance(
            StringRedisTemplate redis,
            GatewayProperties gateway,
            LimitRules rules,
            Overload overload,
            InstantSource clock,
            MeterRegistry metrics) {
        RedisUserTurns turns =
                new RedisUserTurns(redis, rules.openTurns(), gateway.sessions().resultRetention(), clock);
        return new BoundedAcceptance(
                new RedisAcceptance(redis, gateway.acceptRules()), overload, new UserTurns(rules, turns, metrics));
    }
}
