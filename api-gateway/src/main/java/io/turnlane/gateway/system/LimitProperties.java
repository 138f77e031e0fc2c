package io.turnlane.gateway.system;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much one user may ask of the service; 0 means without limit. They hold where callers are told apart.
 *
 * @param connections streams, sockets and waits that one user may have open
 */
@Validated
@ConfigurationProperties("turnlane.limits")
record LimitProperties(@DefaultValue("100") @Min(0) int connections) {}
