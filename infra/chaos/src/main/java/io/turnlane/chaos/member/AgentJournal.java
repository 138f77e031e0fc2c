package io.turnlane.chaos.member;

import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the agent of one process was asked to do, and how it ended: a JSON line each, with the system by the time the
 * call returns, so that a SIGKILL loses none. Times are epoch microseconds.
 *
 * <p>Any thread may write; the file's append mode keeps lines whole.
 */
final class AgentJournal {

    private static final JsonMapper JSON = new JsonMapper();

    private final FileChannel file;
    private final String process;

    private AgentJournal(FileChannel file, String process) {
        this.file = file;
        this.process = process;
    }

    static AgentJournal open(Path path, String process) throws IOException {
        return new AgentJournal(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND), process);
    }

    /** The agent was given a turn, with these earlier ones. */
    void entered(CurrentTurn turn, String canary, Memory memory) {
        Map<String, Object> line = line("invoke", turn, canary);
        line.put(
                "history",
                memory.turns().stream()
                        .map(past -> Instruction.parse(past.question()).canary())
                        .toList());
        write(line);
    }

    /** The agent's call ended: {@code ok}, {@code fail}, or {@code info} where it was interrupted. */
    void left(String type, CurrentTurn turn, String canary) {
        write(line(type, turn, canary));
    }

    private Map<String, Object> line(String type, CurrentTurn turn, String canary) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        line.put("process", process);
        line.put("type", type);
        line.put("op", "agent");
        line.put("session", turn.sessionId().toString());
        line.put("request", turn.requestId().toString());
        line.put("attempt", turn.attempt());
        line.put("canary", canary);
        return line;
    }

    private void write(Map<String, Object> line) {
        byte[] json = JSON.writeValueAsBytes(line);
        ByteBuffer bytes =
                ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
        boolean interrupted = Thread.interrupted(); // an interrupt would close the file for all
        try {
            synchronized (this) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
