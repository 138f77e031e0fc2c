package io.turnlane.gateway.system;

import io.turnlane.gateway.ask.QuestionRules.Callbacks;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a gateway knows of webhooks: whether questions may name a callback. The rest is the processors'.
 *
 * @param enabled whether questions may name a callback, and processors send webhooks
 * @param allowPrivate whether callbacks may lead to addresses that aren't public, as loopback and private networks
 */
@ConfigurationProperties("turnlane.webhooks")
public record GatewayWebhookProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("false") boolean allowPrivate) {

    Callbacks callbacks() {
        if (!enabled) {
            return Callbacks.NONE;
        }
        return allowPrivate ? Callbacks.ANY : Callbacks.PUBLIC;
    }
}
