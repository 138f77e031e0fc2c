package io.turnlane.gateway.system;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Agents of the installation.
 *
 * @param defaultAgent agent that answers if neither the question nor its session names one
 */
@ConfigurationProperties("turnlane.agents")
public record AgentsProperties(
        @Name("default") @DefaultValue("retrieval") String defaultAgent) {}
