package io.turnlane.standalone;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Option that names the data folder of a command. */
final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder. Default: $TURNLANE_DATA, otherwise data/ beside the turnlane script.")
    private Path given = defaultFolder(System.getenv());

    Path path() {
        return given.toAbsolutePath().normalize();
    }

    static Path defaultFolder(Map<String, String> environment) {
        String named = environment.getOrDefault("TURNLANE_DATA", "");
        return named.isBlank() ? Path.of(environment.getOrDefault("TURNLANE_HOME", "."), "data") : Path.of(named);
    }
}
