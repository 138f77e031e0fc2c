package io.turnlane.chaos.load;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A history as JSON lines in a file. Any thread may write; {@code this} guards the file, and gives the line its time.
 */
public final class HistoryFile implements History, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final OutputStream file;
    private final RunClock clock;

    public HistoryFile(Path path, RunClock clock) throws IOException {
        this.file = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        this.clock = clock;
    }

    @Override
    public synchronized void write(String process, String type, String op, Map<String, ?> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.now());
        line.put("process", process);
        line.put("type", type);
        line.put("op", op);
        fields.forEach((name, value) -> {
            if (value != null) {
                line.put(name, value);
            }
        });
        try {
            file.write(JSON.writeValueAsBytes(line));
            file.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
