package io.turnlane.backends;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.core.ExecutableProvider;

/**
 * Finds a {@code redis-server} or {@code valkey-server}. Uses the executable on the {@code PATH} if its version is 6.2
 * or later. Otherwise uses the executable for this system in the embedded-redis jar (version 6.2 on Linux and macOS).
 *
 * @param path path of the executable
 * @param major major version, of Redis or Valkey
 */
record RedisExecutable(Path path, int major) {

    private static final Logger log = LoggerFactory.getLogger(RedisExecutable.class);

    /** Version in {@code Redis server v=6.2.11 sha=…} or {@code Valkey server v=8.0.1 …}. */
    private static final Pattern VERSION = Pattern.compile("\\bv=(\\d+)\\.(\\d+)");

    private static final List<String> NAMES = List.of("redis-server", "valkey-server");

    private static final int JAR_MAJOR = 6;

    /**
     * Returns the executable.
     *
     * @param path value of the {@code PATH} variable
     * @param folder folder into which the executable of the jar is unpacked
     * @throws IOException if there is no executable for this system
     */
    static RedisExecutable find(String path, Path folder) throws IOException {
        Optional<RedisExecutable> installed = NAMES.stream()
                .flatMap(name -> onPath(path, name).stream())
                .flatMap(executable -> installed(executable).stream())
                .findFirst();
        return installed.isPresent() ? installed.get() : new RedisExecutable(unpacked(folder), JAR_MAJOR);
    }

    static Optional<Path> onPath(String path, String name) {
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /**
     * Returns the major version in the output of {@code redis-server --version}; empty if the version is older than
     * 6.2, or if the output contains none.
     */
    static OptionalInt recentMajor(String printed) {
        Matcher version = VERSION.matcher(printed);
        if (!version.find()) {
            return OptionalInt.empty();
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        return major > 6 || (major == 6 && minor >= 2) ? OptionalInt.of(major) : OptionalInt.empty();
    }

    private static Optional<RedisExecutable> installed(Path executable) {
        try {
            Process process = new ProcessBuilder(executable.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(5, TimeUnit.SECONDS);
            OptionalInt major = recentMajor(printed);
            if (major.isPresent()) {
                return Optional.of(new RedisExecutable(executable, major.getAsInt()));
            }
            log.atInfo()
                    .addKeyValue("executable", executable)
                    .log("executable on the PATH is ignored, because it is older than 6.2 or does not run");
            return Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static synchronized Path unpacked(Path folder) throws IOException {
        PrivateFiles.createFolder(folder);
        Path executable = folder.resolve("redis-server");
        if (!Files.isExecutable(executable)) {
            Path fresh = ExecutableProvider.newJarResourceProvider(
                            Files.createTempDirectory(folder, "unpack").toFile())
                    .get()
                    .toPath();
            PrivateFiles.restrictOne(fresh);
            Files.move(fresh, executable, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(fresh.getParent());
        }
        return executable;
    }
}
