package io.turnlane.backends;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Creates files and folders that only their owner can read, and removes the access of others to existing ones. */
final class PrivateFiles {

    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private PrivateFiles() {}

    /**
     * Creates the folder. Creates missing parents with the usual permissions. An existing folder keeps its permissions.
     */
    static Path createFolder(Path folder) throws IOException {
        Files.createDirectories(folder.toAbsolutePath().getParent());
        return Files.createDirectories(folder, FOLDER);
    }

    /** Creates an empty file if it does not exist. */
    static void createFile(Path file) throws IOException {
        try {
            Files.createFile(file, FILE);
        } catch (FileAlreadyExistsException _) {
            // keeps its permissions
        }
    }

    /** Writes the file, or replaces it, in one atomic step. */
    static void write(Path file, String content) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new"); // mode 0600
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Removes the access of other accounts to a file, or to a folder and everything in it. Skips the content of a
     * folder that is already private. Does not follow symbolic links. Ignores a file that is deleted meanwhile, because
     * the folder's owner may be running.
     *
     * @throws IOException if the file or folder belongs to another account
     */
    static void restrict(Path path) throws IOException {
        try {
            if (!restrictOne(path) || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            for (Path each : list(path)) {
                restrict(each);
            }
        } catch (NoSuchFileException deleted) {
            // A deleted file has no content that others could read.
        }
    }

    /** Removes the access of other accounts to this file or folder; returns false if there was none to remove. */
    static boolean restrictOne(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        boolean shared = !OWNER.containsAll(permissions);
        if (shared) {
            permissions.retainAll(OWNER);
            Files.setPosixFilePermissions(path, permissions);
        }
        return shared;
    }

    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
