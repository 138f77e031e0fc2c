package io.turnlane.chaos.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** One run's files. Reading gives each line with where it stands, so that a finding can name its evidence. */
public record RunFolder(Path path) {

    /** A line and where it stands, as {@code history.jsonl:17}. */
    public record Located<T>(String file, int number, T line) {
        /** File and number, for people. */
        public String where() {
            return file + ":" + number;
        }
    }

    /** What the clients and the driver did. */
    public Path history() {
        return path.resolve("history.jsonl");
    }

    /** What the agent inside this process did. */
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
            throw new UncheckedIOException("the run has no run.json", e);
        }
    }

    /** Gives each line of the history, in the order of its writing. */
    public void readHistory(Consumer<Located<HistoryLine>> each) {
        LineFormat format = new LineFormat();
        read(history(), format::readLine, each);
    }

    /** Gives each line of every agent, file by file, its time shifted to the driver's. */
    public void readAgents(Consumer<Located<HistoryLine>> each) {
        LineFormat format = new LineFormat();
        long start = describe().startedEpochMicros();
        for (Path file : agentFiles()) {
            read(file, json -> shifted(format.readLine(json), start), each);
        }
    }

    /** Gives each record of {@link #turns()}, {@link #events()} or {@link #quarantine()}. */
    public void readTopic(Path file, Consumer<Located<TopicRecord>> each) {
        LineFormat format = new LineFormat();
        read(file, json -> format.readValue(json, TopicRecord.class), each);
    }

    /** Gives each session's memory. */
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
            throw new UncheckedIOException("the run's folder can't be read", e);
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
            default -> throw new IllegalArgumentException("an agent's file holds agent lines only");
        };
    }
}
