package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassCacheFlagsTest {

    @TempDir
    Path jars;

    @Test
    void nameTheCacheBesideTheFirstEntryOfTheClassPath() throws Exception {
        Path cache = Files.createFile(jars.resolve("broker.aot"));
        String program = jars.resolve("turnlane.jar").toString();
        assertThat(ClassCache.flags("broker", program)).contains("-XX:AOTCache=" + cache);
        assertThat(ClassCache.flags("broker", program + File.pathSeparator + jars.resolve("chaos.jar")))
                .contains("-XX:AOTCache=" + cache);
    }

    @Test
    void areEmptyWithoutACache() {
        assertThat(ClassCache.flags("broker", jars.resolve("turnlane.jar").toString()))
                .isEmpty();
    }
}
