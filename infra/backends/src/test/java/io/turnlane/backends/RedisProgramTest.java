package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class RedisProgramTest {

    private static String configuration(long memory, boolean movable, int major) {
        return new RedisProgram(Path.of("/data/redis"), 6379, "secret", memory, movable).configuration(major);
    }

    @Test
    void limitsTheMemoryToAPartOfTheMachinesMemory() {
        Matcher limit = Pattern.compile("\nmaxmemory (\\d+)\n").matcher(configuration(0, false, 6));
        assertThat(limit.find()).isTrue();
        assertThat(Long.parseLong(limit.group(1))).isGreaterThan(64L << 20);
        assertThat(configuration(1 << 30, false, 6))
                .contains("\nmaxmemory 1073741824\n", "\nmaxmemory-policy noeviction\n");
    }

    @Test
    void usesProtectedSettingsOnlyWhereTheyExist() {
        assertThat(configuration(0, true, 6)).doesNotContain("enable-protected");
        assertThat(configuration(0, false, 7)).doesNotContain("enable-protected");
        assertThat(configuration(0, true, 8)).contains("\nenable-protected-configs local\n");
    }

    @Test
    @ResourceLock(Resources.LOCALE)
    void writesNumbersInTheSameFormInAllLocales() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(configuration(1 << 30, false, 7)).contains("\nport 6379\n", "\nmaxmemory 1073741824\n");
        } finally {
            Locale.setDefault(before);
        }
    }
}
