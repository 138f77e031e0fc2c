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
 * Settings of webhooks. A webhook is a POST of a terminal event to the callback URL that the question named.
 *
 * @param enabled true if questions may name a callback URL, to which processors then send webhooks
 * @param secrets secrets that sign webhooks, each whsec_ and 24 to 64 random bytes in base64; each secret adds a
 *     signature, so that a secret can be replaced without an interruption
 * @param allowPrivate true if callbacks may use addresses that are not public, such as loopback and private networks
 * @param group consumer group of all processors that send webhooks
 * @param timeout time limit of one call
 * @param running maximum number of concurrent calls
 * @param runningPerHost maximum number of concurrent calls to one host
 * @param open maximum number of open webhooks, which are being sent or wait for a retry; further events wait in the log
 * @param openPerHost maximum number of open webhooks of one host while its calls fail; further webhooks are given up,
 *     which means that they are not sent
 * @param tries number of calls after which a webhook is given up
 * @param first delay before the second call; doubles with each call; each delay is shortened at random by up to half
 * @param most maximum delay between two calls
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
