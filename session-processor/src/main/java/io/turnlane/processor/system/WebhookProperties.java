package io.turnlane.processor.system;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Webhooks: terminal events posted to the callbacks that their questions named.
 *
 * @param enabled whether questions may name a callback, and processors send webhooks
 * @param secrets what webhooks are signed with, each whsec_ and 24 to 64 random bytes in base64; with more than one,
 *     each signs, so that one can be replaced
 * @param allowPrivate whether callbacks may lead to addresses that aren't public, as loopback and private networks
 * @param group the consumer group of all who send webhooks
 * @param timeout time limit of one call
 * @param running most calls at once
 * @param runningPerHost most calls to one host at once
 * @param open webhooks held at once: sending and waiting for another try; beyond it events wait on the log
 * @param openPerHost webhooks of one host held at once while its calls fail; what comes for it beyond that is given up
 * @param tries calls after which a webhook is given up
 * @param first wait before the second try; it doubles from try to try, less up to half at random
 * @param most longest wait between two tries
 */
@Validated
@ConfigurationProperties("turnlane.webhooks")
public record WebhookProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue List<String> secrets,
        @DefaultValue("false") boolean allowPrivate,
        @NotBlank @DefaultValue("turnlane-webhooks") String group,
        @DefaultValue("10s") Duration timeout,
        @Min(1) @Max(10_000) @DefaultValue("64") int running,
        @Min(1) @DefaultValue("16") int runningPerHost,
        @Min(1) @Max(1_000_000) @DefaultValue("5000") int open,
        @Min(1) @DefaultValue("1000") int openPerHost,
        @Min(1) @Max(100) @DefaultValue("10") int tries,
        @DefaultValue("2s") Duration first,
        @DefaultValue("10m") Duration most) {}
