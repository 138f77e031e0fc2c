package io.turnlane.gateway.system;

import io.turnlane.gateway.turns.ask.QuestionRules.Callbacks;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Webhook settings that a gateway needs to validate callbacks. The processors send the webhooks and have further
 * settings.
 *
 * @param enabled true if questions may name a callback and processors send webhooks
 * @param allowPrivate true if callbacks may use addresses that are not public, such as loopback and private networks
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
