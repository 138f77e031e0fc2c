package io.turnlane.gateway.system;

import io.turnlane.model.SettingNames;
import java.util.Optional;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Stops the start if the name of a setting or environment variable is misspelt. Without this check, Spring would ignore
 * the unknown name.
 */
final class GatewaySettingsCheck implements BeanFactoryPostProcessor {

    private final ConfigurableEnvironment environment;

    GatewaySettingsCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** @throws IllegalStateException if a name is unknown; the message contains the most similar valid name */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                for (String name : names.getPropertyNames()) {
                    check(source, name);
                }
            }
        }
    }

    private static void check(PropertySource<?> source, String name) {
        boolean ofEnvironment = source instanceof SystemEnvironmentPropertySource;
        Optional<String> nearest = ofEnvironment ? SettingNames.nearestToVariable(name) : SettingNames.nearestTo(name);
        nearest.ifPresent(valid -> {
            throw new IllegalStateException("Unknown setting %s in %s. Did you mean %s? All settings are listed in"
                            .formatted(name, source.getName(), valid)
                    + " docs/configuration.md.");
        });
    }
}
