package io.turnlane.processor.system;

import io.turnlane.model.SettingNames;
import io.turnlane.processor.webhook.WebhookSignature;
import java.util.List;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Makes the application fail at startup if the name of a setting or environment variable is misspelt, because Spring
 * would ignore this setting. Also makes it fail if webhooks are enabled without a valid secret.
 */
record SettingsCheck(ConfigurableEnvironment environment) implements BeanFactoryPostProcessor {

    /**
     * @throws IllegalStateException if a name is unknown or a secret is missing; the message names the valid setting
     */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                for (String name : names.getPropertyNames()) {
                    SettingNames.check(name, source instanceof SystemEnvironmentPropertySource, source.getName());
                }
            }
        }
        checkWebhookSecrets();
    }

    private void checkWebhookSecrets() {
        Binder settings = Binder.get(environment);
        if (!settings.bind("turnlane.webhooks.enabled", Boolean.class).orElse(false)) {
            return;
        }
        try {
            var _ = new WebhookSignature(settings.bind("turnlane.webhooks.secrets", Bindable.listOf(String.class))
                    .orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "Webhooks are enabled, but turnlane.webhooks.secrets is missing or invalid: " + e.getMessage()
                            + ". To create a secret: echo whsec_$(openssl rand -base64 24)");
        }
    }
}
