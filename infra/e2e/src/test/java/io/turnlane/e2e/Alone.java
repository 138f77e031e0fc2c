package io.turnlane.e2e;

import io.turnlane.backends.AloneLock;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests with time limits that other tests must not delay. They run after the others, and not beside the chaos tests.
 */
@Tag("alone")
@ExtendWith(Alone.AloneExtension.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface Alone {

    /** Waits until no chaos tests run. */
    final class AloneExtension implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            AloneLock.hold();
        }
    }
}
