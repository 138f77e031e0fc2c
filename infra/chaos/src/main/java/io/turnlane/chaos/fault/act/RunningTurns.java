package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns that the agents are answering, according to the agents' journals. Used only by the driver's thread. */
public final class RunningTurns {

    private static final JsonMapper JSON = new JsonMapper();

    private final Rig rig;
    private final Map<String, Journal> journals = new HashMap<>();

    public RunningTurns(Rig rig) {
        this.rig = rig;
        rig.processorNames().forEach(name -> journals.put(name, new Journal(rig.journal(name))));
    }

    private static final class Journal {
        private final Path file;
        private final Set<String> running = new HashSet<>();
        private long read;

        Journal(Path file) {
            this.file = file;
        }

        void update() {
            if (!Files.exists(file)) {
                return;
            }
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                byte[] more = new byte[Math.toIntExact(in.length() - read)];
                in.seek(read);
                in.readFully(more);
                int complete = lastLineEnd(more);
                read += complete;
                new String(more, 0, complete, StandardCharsets.UTF_8).lines().forEach(this::apply);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int lastLineEnd(byte[] bytes) {
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            return end;
        }

        private void apply(String line) {
            JsonNode entry = JSON.readTree(line);
            String request = entry.path("request").asString("");
            if (entry.path("type").asString("").equals("invoke")) {
                running.add(request);
            } else {
                running.remove(request);
            }
        }
    }

    /**
     * Returns the requests that the agent of a processor is answering. For any other target, returns the requests of
     * all processors.
     */
    public Set<String> at(String target) {
        Set<String> running = new HashSet<>();
        journals.forEach((name, journal) -> {
            if (name.equals(target) || !target.startsWith("processor-")) {
                journal.update();
                running.addAll(rig.member(name).isAlive() ? journal.running : Set.of());
            }
        });
        return running;
    }

    /** Removes the turns of a processor whose process has ended. */
    public void processEnded(String processor) {
        Journal journal = journals.get(processor);
        if (journal != null) {
            journal.update();
            journal.running.clear();
        }
    }
}
