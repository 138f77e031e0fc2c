package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.PackedProgram;
import org.junit.jupiter.api.Test;

/**
 * The class caches that the launcher creates after each build. Their creation takes more than a minute of one core, so
 * all tests of a build share those that the first of them creates.
 */
class ClassCacheTest {

    @Test
    void theTrainCommandCreatesACacheForTheProgramAndForTheBroker() throws Exception {
        assertThat(PackedProgram.classCaches())
                .allSatisfy(cache -> assertThat(cache).isNotEmptyFile());
    }
}
