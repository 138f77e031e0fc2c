package io.turnlane.chaos.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Files of one run. The read methods pass each line to a consumer, together with the name of its file and its line
 * number. Reported violations name these as evidence.
 */
public record RunFolder(Path path) {

    /** A line together with its file and line number. */
    public record Located<T>(String file, int number, T line) {
        /** Returns the file and the line number, as {@code history.jsonl:17}. */
        public String where() {
            return file + ":" + number;
        }
    }

    /** Returns the file with the actions of the clients and of the driver. */
    public Path history() {
        return path.resolve("history.jsonl");
    }

    /** Returns the file with the calls of the agent in this process. */
    public Path agent(String process) {
        return path.resolve("agent-" + process + ".jsonl");
    }

    public Path turns() {
        return path.resolve("turns.jsonl");
    }

    public Path events() {
        return path.resolve("events.jsonl");
    }

    public Path quarantine() {
        return path.resolve("quarantine.jsonl");
    }

    public Path memory() {
        return path.resolve("memory.jsonl");
    }

    public Path description() {
        return path.resolve("run.json");
    }

    /** Writes {@code run.json}. */
    public void describe(RunDescription run) throws IOException {
        Files.createDirectories(path);
        Files.write(description(), new LineFormat().writeValue(run));
    }

    /** Reads {@code run.json}. */
    public RunDescription describe() {
        try {
            return new LineFormat().readValue(Files.readAllBytes(description()), RunDescription.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read run.json", e);
        }
    }

    /** Passes each line of the history to the consumer, in writing order. */
    public void readHistory(Consumer<Located<HistoryLine>> each) {
        LineFormat format = new LineFormat();
        read(history(), format::readLine, each);
    }

    /**
     * Passes each line of every agent file to the consumer, file by file. Converts the times of the lines to the
     * driver's clock.
     */
    public void readAgents(Consumer<Located<HistoryLine>> each) {
        LineFormat format = new LineFormat();
        long start = describe().startedEpochMicros();
        for (Path file : agentFiles()) {
            read(file, json -> shifted(format.readLine(json), start), each);
        }
    }

    /** Passes each record of {@link #turns()}, {@link #events()} or {@link #quarantine()} to the consumer. */
    public void readTopic(Path file, Consumer<Located<TopicRecord>> each) {
        LineFormat format = new LineFormat();
        read(file, json -> format.readValue(json, TopicRecord.class), each);
    }

    /** Passes the stored state of each session to the consumer. */
    public void readMemory(Consumer<Located<StoredSession>> each) {
        LineFormat format = new LineFormat();
        read(memory(), json -> format.readValue(json, StoredSession.class), each);
    }

    private static <T> void read(Path file, Function<byte[], T> parse, Consumer<Located<T>> each) {
        String name = file.getFileName().toString();
        LineReader.read(file, parse, (number, line) -> each.accept(new Located<>(name, number, line)));
    }

    private List<Path> agentFiles() {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.getFileName().toString().matches("agent-.+\\.jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the folder of the run", e);
        }
    }

    private static HistoryLine shifted(HistoryLine line, long start) {
        return switch (line) {
            case HistoryLine.AgentEntered in ->
                new HistoryLine.AgentEntered(
                        in.time() - start,
                        in.process(),
                        in.session(),
                        in.request(),
                        in.attempt(),
                        in.canary(),
                        in.history());
            case HistoryLine.AgentLeft out ->
                new HistoryLine.AgentLeft(
                        out.time() - start, out.process(), out.session(), out.request(), out.attempt(), out.outcome());
            default -> throw new IllegalArgumentException("an agent file may contain only agent lines");
        };
    }
}
