package io.turnlane.standalone.run;

import io.turnlane.backends.ProcessId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway that was started by itself on a data folder, as {@code gateways/<pid>.json} in it tells the commands that
 * look for one. {@code run.json} belongs to the process that holds the folder; here each gateway has a file of its own,
 * so that none waits for another.
 *
 * @param process the gateway's; once it has ended the entry counts no more
 * @param address where it listens, {@code http://host:port}
 */
public record GatewayEntry(ProcessId process, URI address) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * Writes this process's entry, and takes away those of gateways that were killed.
     *
     * @return removes the entry
     */
    public static AutoCloseable publish(Path data, URI address) throws IOException {
        Path folder = Files.createDirectories(folder(data));
        for (Path file : files(folder)) {
            if (read(file).isEmpty()) {
                Files.deleteIfExists(file);
            }
        }
        GatewayEntry own = new GatewayEntry(ProcessId.current(), address);
        Path file = folder.resolve(own.process.pid() + ".json");
        Path fresh = folder.resolve(own.process.pid() + ".new");
        Files.writeString(fresh, JSON.writeValueAsString(own));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return () -> Files.deleteIfExists(file);
    }

    /** Those whose processes run, the one that has run for longest first; what can't be read is passed by. */
    public static List<GatewayEntry> on(Path data) {
        try {
            return files(folder(data)).stream()
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(entry -> entry.process.started()))
                    .toList();
        } catch (IOException _) {
            return List.of(); // no gateway was ever started by itself here
        }
    }

    private static Path folder(Path data) {
        return data.resolve("gateways");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    private static Optional<GatewayEntry> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), GatewayEntry.class))
                    .filter(entry -> entry.process.find().isPresent());
        } catch (IOException | JacksonException _) {
            return Optional.empty();
        }
    }
}
