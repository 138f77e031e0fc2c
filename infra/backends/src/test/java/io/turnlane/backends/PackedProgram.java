package io.turnlane.backends;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The built program, for tests that run it as a user does. Requires {@code mvn verify}, which packages the program
 * before it runs these tests. Thread-safe.
 */
public final class PackedProgram {

    /** The program's jar. The other jars of the program are in its folder. */
    public static final Path JAR = Path.of("../standalone/target/turnlane/lib/turnlane.jar")
            .toAbsolutePath()
            .normalize();

    private static final Path LAUNCHER = Path.of("../../turnlane");
    private static final List<Path> CLASS_CACHES =
            List.of(JAR.resolveSibling("turnlane.aot"), JAR.resolveSibling("broker.aot"));
    private static final int TRAINING_LIMIT_MINUTES = 5;

    /** Jar of the chaos tests, which is packaged after its tests and is not part of the program. */
    private static final String CHAOS_JAR = "chaos.jar";

    private PackedProgram() {}

    /** Returns the command that runs the program, as the launcher script does. The arguments are to be added. */
    public static List<String> command() throws IOException, InterruptedException {
        List<String> command = java();
        classCaches();
        command.addAll(ClassCache.flags("turnlane", JAR.toString()));
        command.addAll(List.of("-jar", JAR.toString()));
        return command;
    }

    /**
     * Returns the class caches of this build, which the launcher creates after each build. The first call creates them
     * with the command {@code train}. The calls in other JVMs wait in the meantime.
     *
     * @throws IllegalStateException if the command creates no caches, or has not ended after 5 minutes; its processes
     *     are then killed
     */
    public static synchronized List<Path> classCaches() throws IOException, InterruptedException {
        Path lock = JAR.getParent().resolveSibling("class-caches.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (!areOfThisBuild()) {
                createClassCaches();
            }
            return CLASS_CACHES;
        }
    }

    /** Returns true if all class caches are newer than the launcher, which has their JVM flags, and the jars. */
    private static boolean areOfThisBuild() throws IOException {
        FileTime newest = Files.getLastModifiedTime(LAUNCHER);
        try (Stream<Path> files = Files.list(JAR.getParent())) {
            for (Path jar : files.filter(PackedProgram::isPartOfTheProgram).toList()) {
                FileTime time = Files.getLastModifiedTime(jar);
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        for (Path cache : CLASS_CACHES) {
            if (!Files.exists(cache) || Files.getLastModifiedTime(cache).compareTo(newest) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPartOfTheProgram(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.equals(CHAOS_JAR);
    }

    private static void createClassCaches() throws IOException, InterruptedException {
        for (Path cache : CLASS_CACHES) {
            Files.deleteIfExists(cache);
        }
        List<String> train = java();
        train.addAll(List.of("-jar", JAR.toString(), "train", JAR.getParent().toString()));
        Process training = new ProcessBuilder(train)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!training.waitFor(TRAINING_LIMIT_MINUTES, TimeUnit.MINUTES)) {
            training.descendants().forEach(ProcessHandle::destroyForcibly);
            training.destroyForcibly();
            throw new IllegalStateException(
                    "the class caches were not created within " + TRAINING_LIMIT_MINUTES + " minutes");
        }
        if (!CLASS_CACHES.stream().allMatch(Files::exists)) {
            throw new IllegalStateException("the class caches were not created: exit code " + training.exitValue());
        }
    }

    /** Returns the java command with the flags that the launcher script gives to every command. */
    private static List<String> java() throws IOException {
        String launcher = Files.readString(LAUNCHER).replaceAll("(?m)^\\s*#.*$", "");
        Matcher flags = Pattern.compile("JVM_FLAGS=\\(([^)]*)\\)").matcher(launcher);
        if (!flags.find()) {
            throw new IllegalStateException(LAUNCHER + " has no JVM_FLAGS");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags.group(1).strip().split("\\s+")));
        return command;
    }
}
