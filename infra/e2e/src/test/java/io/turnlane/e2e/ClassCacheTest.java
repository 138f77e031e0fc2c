package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The class caches that the launcher creates after each build. This test needs more than a minute of one core. It runs
 * beside other tests, so that the tests with the tag {@code alone} find the caches.
 */
class ClassCacheTest {

    @Test
    void theTrainCommandCreatesACacheForTheProgramAndForTheBroker() throws Exception {
        assertThat(Standalone.createClassCaches())
                .allSatisfy(cache -> assertThat(cache).isNotEmptyFile());
    }
}
