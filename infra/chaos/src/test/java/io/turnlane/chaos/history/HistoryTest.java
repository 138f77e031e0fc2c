package io.turnlane.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.chaos.history.RunFolder.Located;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {

    private static final List<HistoryLine> EVERY_KIND = List.of(
            new HistoryLine.QuestionPosted(1, "client-1", "s-1", "k-1", "c-s-1-1"),
            new HistoryLine.QuestionAccepted(2, "client-1", "s-1", "r-1", "k-1", "c-s-1-1", 202, true),
            new HistoryLine.QuestionRejected(3, "client-1", "s-1", null, "c-s-1-2", "session_queue_full", 429),
            new HistoryLine.QuestionUnresolved(4, "client-1", "s-1", null, "c-s-1-3", null, null, null),
            new HistoryLine.StreamOpened(5, "client-1", "st-1", 1, "s-1", "r-1", null),
            new HistoryLine.StreamEnded(6, "client-1", "st-1", 1, "s-1", HistoryLine.StreamEnd.TERMINAL),
            new HistoryLine.StreamEnded(6, "client-1", "st-1", 2, "s-1", HistoryLine.StreamEnd.CUT),
            new HistoryLine.EventReceived(
                    7, "client-1", "st-1", 1, "s-1", "r-1", "delta", "cur", 1, 2, 0, "c-s-1-1 a", "c-s-1-1"),
            new HistoryLine.StatusPolled(9, "client-1", 8, "s-1", "r-1", "completed", 1, "c-s-1-1 a"),
            new HistoryLine.FaultBegan(10, "driver", "f-1", "kill", "processor-2", List.of("r-1")),
            new HistoryLine.FaultHealed(11, "driver", "f-1", 3),
            new HistoryLine.StreamResumed(12, "client-1", "st-1", 3, "s-1", 6),
            new HistoryLine.AgentEntered(13, "processor-1", "s-1", "r-1", 1, "c-s-1-1", List.of("c-s-1-0")),
            new HistoryLine.AgentLeft(14, "processor-1", "s-1", "r-1", 1, OperationOutcome.INFO),
            new HistoryLine.OffsetRead(15, "driver", 3, 17, 20),
            new HistoryLine.CancelAccepted(17, "client-1", "s-1", "r-1"));

    @TempDir
    Path path;

    private RunFolder run;

    @BeforeEach
    void describe() throws IOException {
        run = new RunFolder(path);
        run.describe(new RunDescription("quick", 7, "abc", "2 cores", 1_000_000, 10, 30, null));
    }

    @Test
    void readsEveryKindOfLineAsWritten() throws IOException {
        try (LineWriter writer = LineWriter.buffered(run.history())) {
            EVERY_KIND.forEach(writer::write);
        }
        assertThat(EVERY_KIND.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(Set.of(HistoryLine.class.getPermittedSubclasses()));
        assertThat(history()).extracting(Located::line).isEqualTo(EVERY_KIND);
        assertThat(history().get(2).where()).isEqualTo("history.jsonl:3");
    }

    @Test
    void linesHaveTheDocumentedFormat() {
        LineFormat format = new LineFormat();
        assertThat(new String(format.write(EVERY_KIND.getFirst())))
                .isEqualTo("{\"time\":1,\"process\":\"client-1\",\"session\":\"s-1\",\"key\":\"k-1\","
                        + "\"canary\":\"c-s-1-1\",\"op\":\"ask\",\"type\":\"invoke\"}");
        assertThat(new String(format.write(EVERY_KIND.get(6)))).contains("\"ended\":\"cut\"", "\"type\":\"info\"");
    }

    @Test
    void convertsAgentTimesToTheDriversClock() throws IOException {
        try (LineWriter writer = LineWriter.durable(run.agent("processor-1"))) {
            writer.write(new HistoryLine.AgentLeft(1_000_014, "processor-1", "s-1", "r-1", 1, OperationOutcome.OK));
            assertThat(Files.readAllLines(run.agent("processor-1")))
                    .as("lines before close")
                    .hasSize(1);
        }
        List<Long> times = new ArrayList<>();
        run.readAgents(line -> times.add(line.line().time()));
        assertThat(times).containsExactly(14L);
    }

    @Test
    void linesOfConcurrentWritersStayWhole() throws Exception {
        try (LineWriter writer = LineWriter.buffered(run.history())) {
            List<Thread> threads = IntStream.range(0, 8)
                    .mapToObj(t -> Thread.startVirtualThread(() -> IntStream.range(0, 500)
                            .forEach(i ->
                                    writer.write(new HistoryLine.QuestionPosted(i, "client-" + t, "s", null, "c")))))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(history()).hasSize(4000);
    }

    @Test
    void skipsAnIncompleteLastLine() throws IOException {
        try (LineWriter writer = LineWriter.buffered(run.history())) {
            writer.write(EVERY_KIND.getFirst());
        }
        Files.writeString(run.history(), "{\"time\":2,\"pro", StandardOpenOption.APPEND);
        assertThat(history()).hasSize(1);
    }

    @Test
    void namesADamagedLine() throws IOException {
        Files.writeString(run.history(), "{\"op\":\"ask\"}\n");
        assertThatThrownBy(this::history).hasMessageContaining("history.jsonl:1");
    }

    @Test
    void readsTopicsAndMemoryAsWritten() throws IOException {
        TopicRecord record =
                new TopicRecord(3, 17, "-:s-1", "r-1", "completed", 1, 4, 99, "c-s-1-1", "c-s-1-1 a", null);
        StoredSession state = new StoredSession(
                "s-1",
                "-:s-1",
                List.of(new StoredSession.RememberedTurn("r-1", "c-s-1-1", "c-s-1-1 a")),
                3_600_000,
                List.of(),
                List.of(new StoredSession.RequestState("r-1", "completed", 1)));
        try (LineWriter events = LineWriter.buffered(run.events());
                LineWriter memory = LineWriter.buffered(run.memory())) {
            events.write(record);
            memory.write(state);
        }
        run.readTopic(run.events(), line -> assertThat(line.line()).isEqualTo(record));
        run.readMemory(line -> assertThat(line.line()).isEqualTo(state));
    }

    private List<Located<HistoryLine>> history() {
        List<Located<HistoryLine>> lines = new ArrayList<>();
        run.readHistory(lines::add);
        return lines;
    }
}
