package io.turnlane.e2e;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that tests start beside Turnlane. */
final class Programs {

    private static final int INSTALL_MINUTES = 4;

    private Programs() {}

    /** Returns the path of Node.js, which the browser driver of the page tests includes. */
    static String node() {
        return Driver.ensureDriverInstalled(Map.of(), false)
                .createProcessBuilder()
                .command()
                .getFirst();
    }

    /** Returns true if the command is on the {@code PATH}. */
    static boolean isInstalled(String command) {
        return Optional.ofNullable(System.getenv("PATH")).stream()
                .flatMap(path -> List.of(path.split(":")).stream())
                .anyMatch(folder -> Path.of(folder, command).toFile().canExecute());
    }

    /**
     * Copies an npm project to {@code target} and installs the packages of its lock file with npm, unless an earlier
     * run has done so. Packages run no scripts.
     *
     * @return the folder; empty if npm is not installed or cannot install the packages
     */
    static Optional<Path> npmProject(Path project) throws IOException, InterruptedException {
        Path folder = Path.of("target", "agents", project.getFileName().toString());
        Files.createDirectories(folder);
        boolean isInstalled = Files.exists(folder.resolve("installed"))
                && Files.mismatch(project.resolve("package-lock.json"), folder.resolve("package-lock.json")) < 0;
        try (Stream<Path> files = Files.list(project)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!isInstalled && !(isInstalled("npm") && install(folder))) {
            System.out.println("npm cannot install " + project + ": its tests are skipped");
            return Optional.empty();
        }
        return Optional.of(folder);
    }

    private static boolean install(Path folder) throws IOException, InterruptedException {
        Files.deleteIfExists(folder.resolve("installed"));
        Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
                .directory(folder.toFile())
                .redirectInput(Redirect.from(new File("/dev/null"))) // standard input belongs to the test runner
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("npm.log").toFile())
                .start();
        if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            npm.destroyForcibly();
        }
        if (npm.waitFor() != 0) {
            return false;
        }
        Files.createFile(folder.resolve("installed"));
        return true;
    }
}
