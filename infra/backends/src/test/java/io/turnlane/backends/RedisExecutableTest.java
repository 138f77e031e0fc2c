package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisExecutableTest {

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Redis server v=6.2.11 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 | 6",
                "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 | 7",
                "Valkey server v=8.0.1 sha=00000000:0 | 8",
                "Redis server v=10.0.0 | 10",
                "Redis server v=6.0.16 sha=00000000:0 | 0",
                "Redis server v=5.9.9 | 0",
                "command not found | 0"
            })
    void acceptsVersion62OrLater(String printed, int major) {
        assertThat(RedisExecutable.recentMajor(printed).orElse(0)).isEqualTo(major);
    }

    @Test
    void prefersARecentInstalledRedis() throws Exception {
        Path installed = script("installed", "redis-server", "echo 'Redis server v=7.2.4'");
        assertThat(RedisExecutable.find(installed.getParent().toString(), temp.resolve("bin")))
                .isEqualTo(new RedisExecutable(installed, 7));
    }

    @Test
    void findsAnInstalledValkey() throws Exception {
        Path old = script("old", "redis-server", "echo 'Redis server v=6.0.16'");
        Path valkey = script("new", "valkey-server", "echo 'Server v=8.0.1'");
        String path = old.getParent() + ":" + valkey.getParent();
        assertThat(RedisExecutable.find(path, temp.resolve("bin"))).isEqualTo(new RedisExecutable(valkey, 8));
    }

    @Test
    void otherwiseUnpacksTheRedisOfTheJarOnce() throws Exception {
        Path old = script("old", "redis-server", "echo 'Redis server v=6.0.16'");
        Path first = RedisExecutable.find(old.getParent().toString(), temp.resolve("bin"))
                .path();
        Path second = RedisExecutable.find("", temp.resolve("bin")).path();
        assertThat(first).isExecutable().isEqualTo(second);
        assertThat(Files.list(temp.resolve("bin"))).containsExactly(first);
    }

    private Path script(String folder, String name, String command) throws Exception {
        Files.createDirectories(temp.resolve(folder));
        Path script = Files.writeString(temp.resolve(folder).resolve(name), "#!/bin/sh\n" + command + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
