package io.turnlane.chaos.member;

import io.turnlane.model.redis.SharedClock;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Replaces the clock of a gateway or processor with the clock of a machine whose time is wrong. Gateways and processors
 * read no other clock, except for their logs.
 *
 * @param error time by which the machine's clock is ahead; negative if it is behind
 */
public record WrongClock(Duration error) implements BeanFactoryPostProcessor {

    /** System property with the error, as {@code PT5M}. */
    public static final String PROPERTY = "chaos.clock-error";

    private static final String CLOCK = "clock";

    /** Returns the initializer that the main classes add to their application. */
    static ApplicationContextInitializer<GenericApplicationContext> initializer() {
        Duration error = Duration.parse(System.getProperty(PROPERTY, "PT0S"));
        return context -> context.addBeanFactoryPostProcessor(new WrongClock(error));
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        DefaultListableBeanFactory beans = (DefaultListableBeanFactory) factory;
        if (!beans.containsBeanDefinition(CLOCK)) {
            throw new IllegalStateException("the application no longer has a bean of this name: " + CLOCK);
        }
        beans.removeBeanDefinition(CLOCK);
        RootBeanDefinition wrong = new RootBeanDefinition(SharedClock.class);
        wrong.setInstanceSupplier(() -> new SharedClock(InstantSource.offset(InstantSource.system(), error)));
        beans.registerBeanDefinition(CLOCK, wrong);
    }
}
