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
 * Address of a gateway that was started separately, stored in the file {@code gateways/<pid>.json} of a data folder.
 * Commands find the gateway by this file. The address is not stored in {@code run.json}, because only the process that
 * holds the folder writes that file.
 *
 * @param process process of the gateway; if it has ended, the entry is ignored
 * @param address {@code http://host:port} at which it listens
 */
public record GatewayEntry(ProcessId process, URI address) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * Writes the entry of this process, and deletes the entries of gateways that were killed.
     *
     * @return handle that deletes the entry when it is closed
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

    /** Returns the entries of running gateways, the longest running first. Unreadable entries are ignored. */
    public static List<GatewayEntry> on(Path data) {
        try {
            return files(folder(data)).stream()
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(entry -> entry.process.started()))
                    .toList();
        } catch (IOException _) {
            return List.of(); // no gateway was ever started separately on this folder
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
