package io.turnlane.gateway.system;

import io.turnlane.model.SettingNames;
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
record GatewaySettingsCheck(ConfigurableEnvironment environment) implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                for (String name : names.getPropertyNames()) {
                    SettingNames.check(name, source instanceof SystemEnvironmentPropertySource, source.getName());
                }
            }
        }
    }
}
