package io.turnlane.chaos.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Copies the agent calls of a run from the journal of a processor, which covers all runs on the rig. */
final class JournalCopy {

    private static final JsonMapper JSON = new JsonMapper();

    private final RunSessions sessions;

    JournalCopy(RunSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Copies the lines from a position on, without the lines of other runs.
     *
     * @param from length of the journal when the run began, in bytes
     */
    void write(Path journal, long from, Path target) throws IOException {
        if (!Files.exists(journal)) {
            return;
        }
        try (InputStream in = Files.newInputStream(journal)) {
            in.skipNBytes(from);
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> own = text.substring(0, text.lastIndexOf('\n') + 1) // the last line may be incomplete
                    .lines()
                    .filter(this::isOwn)
                    .toList();
            Files.write(target, own);
        }
    }

    private boolean isOwn(String line) {
        return !sessions.isForeign(JSON.readTree(line).path("session").asString(null));
    }
}
