package io.turnlane.gateway.system.security;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.access.CredentialValidity;
import io.turnlane.gateway.guard.admission.BoundedAcceptance;
import io.turnlane.gateway.guard.admission.OverloadGuard;
import io.turnlane.gateway.guard.limits.LocalTokenBuckets;
import io.turnlane.gateway.guard.limits.OpenConnections;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.guard.limits.UserBudget;
import io.turnlane.gateway.guard.limits.UserLimits;
import io.turnlane.gateway.guard.limits.UserTurns;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.turns.ask.AcceptingGateway;
import io.turnlane.store.accept.AcceptRules;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.RedisAcceptance;
import io.turnlane.store.fleet.GatewayDirectory;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.limit.RedisConnectionReservations;
import io.turnlane.store.limit.RedisTokenBuckets;
import io.turnlane.store.limit.RedisUserTurns;
import io.turnlane.store.limit.RedisUserUsage;
import io.turnlane.store.session.SessionList;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Beans that limit the load by one user and by all users together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({LimitProperties.class, BudgetProperties.class})
class LimitConfiguration {

    @Bean
    UserLimits limitRules(LimitProperties limits) {
        return limits.rules();
    }

    /** Returns the identity of this gateway. The limits per user appear only if callers are authenticated. */
    @Bean
    AcceptingGateway acceptingGateway(
            GatewayDirectory directory,
            GatewayProperties gateway,
            LimitProperties limits,
            BudgetProperties budgets,
            SecurityProperties security) {
        return new AcceptingGateway(
                directory.id(), limits.passed(gateway.asks().maxOpen(), budgets, security.authenticated()));
    }

    @Bean
    RateLimits rateLimits(UserLimits rules, StringRedisTemplate redis, InstantSource clock, MeterRegistry metrics) {
        return new RateLimits(rules, new RedisTokenBuckets(redis), new LocalTokenBuckets(clock), metrics);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    OpenConnections openConnections(
            CredentialValidity standing,
            UserLimits rules,
            StringRedisTemplate redis,
            InstantSource clock,
            MeterRegistry metrics) {
        return new OpenConnections(standing::isValid, rules, new RedisConnectionReservations(redis, clock), metrics);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    OverloadGuard overload(
            ProcessorDirectory processors,
            GatewayDirectory gateways,
            LimitProperties limits,
            InstantSource clock,
            MeterRegistry metrics) {
        return new OverloadGuard(processors::alive, gateways::heartbeatAndCount, limits.maxWait(), clock, metrics);
    }

    @Bean
    UserBudget userBudget(UserLimits rules, BudgetProperties budgets, StringRedisTemplate redis, InstantSource clock) {
        return new UserBudget(rules, budgets.ofUser(), new RedisUserUsage(redis), clock);
    }

    @Bean
    UserTurns userTurns(
            StringRedisTemplate redis,
            GatewayProperties gateway,
            LimitProperties limits,
            UserBudget budget,
            InstantSource clock,
            MeterRegistry metrics) {
        RedisUserTurns turns = new RedisUserTurns(
                redis,
                limits.openTurns(),
                limits.openBytes().toBytes(),
                gateway.sessions().resultRetention(),
                clock);
        return new UserTurns(limits.rules(), turns, budget, metrics);
    }

    @Bean
    Acceptance acceptance(
            StringRedisTemplate redis,
            GatewayProperties gateway,
            BudgetProperties budgets,
            SessionList list,
            OverloadGuard overload,
            UserTurns turns) {
        AcceptRules rules = gateway.acceptRules(budgets.ofSession());
        return new BoundedAcceptance(new RedisAcceptance(redis, rules, list), overload, turns);
    }
}
