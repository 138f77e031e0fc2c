package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lock between JVMs of tests, because Maven tests several modules at the same time. Tests that measure time hold it
 * alone. The chaos tests, which would disturb them, share it. A JVM uses one of the two forms. Thread-safe.
 */
public final class AloneLock {

    private static final Path FILE =
            Path.of("../standalone/target/alone.lock").toAbsolutePath().normalize();

    private AloneLock() {}

    /** Waits until no other JVM holds the lock, and holds it alone until this JVM ends. */
    public static void hold() {
        require(Alone.LOCK);
    }

    /** Waits until no other JVM holds the lock alone, and shares it until this JVM ends. */
    public static void share() {
        require(Shared.LOCK);
    }

    private static void require(FileLock lock) {
        if (!lock.isValid()) {
            throw new IllegalStateException("the lock " + FILE + " was released before the end of the JVM");
        }
    }

    private static FileLock lock(boolean shared) {
        try {
            Files.createDirectories(FILE.getParent());
            return FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .lock(0, Long.MAX_VALUE, shared);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Acquires the lock lazily, when this class is loaded. */
    private static final class Alone {
        static final FileLock LOCK = lock(false);
    }

    /** Acquires the lock lazily, when this class is loaded. */
    private static final class Shared {
        static final FileLock LOCK = lock(true);
    }
}
