package io.turnlane.chaos.check;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RememberedTurn;
import io.turnlane.chaos.history.StoredSession.RequestState;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A hand-written run in which everything holds. It has two sessions with two turns each: {@code a1} and {@code a2} on
 * partition 0, {@code b1} and {@code b2} on partition 1. Each turn takes half a second, and the turns of a session run
 * one after the other. Tests change the part that they are about.
 */
final class SmallRun {

    static final long SECOND = 1_000_000;

    final List<HistoryLine> history = new ArrayList<>();
    final List<HistoryLine> agents = new ArrayList<>();
    final List<TopicRecord> turns = new ArrayList<>();
    final List<TopicRecord> events = new ArrayList<>();
    final List<StoredSession> memory = new ArrayList<>();

    SmallRun() {
        for (int session = 0; session < 2; session++) {
            for (int n = 1; n <= 2; n++) {
                turn(session, n, (n - 1) * 2 * SECOND + SECOND);
            }
            String name = name(session);
            memory.add(new StoredSession(
                    name,
                    "-:" + name,
                    List.of(remembered(name + 1), remembered(name + 2)),
                    3_600_000,
                    List.of(),
                    List.of(new RequestState(name + 1, "completed", 1), new RequestState(name + 2, "completed", 1))));
            history.add(new HistoryLine.OffsetRead(2 * SECOND, "driver", session, 1, 2));
            history.add(new HistoryLine.OffsetRead(9 * SECOND, "driver", session, 2, 2));
        }
    }

    static String canary(String request) {
        return "c-" + request.charAt(0) + "-" + request.charAt(1);
    }

    static String answer(String request) {
        return canary(request) + " one " + canary(request) + " two";
    }

    static RememberedTurn remembered(String request) {
        return new RememberedTurn(request, canary(request), answer(request));
    }

    private static String name(int session) {
        return session == 0 ? "a" : "b";
    }

    private void turn(int partition, int n, long at) {
        String session = name(partition);
        String id = session + n;
        history.add(new HistoryLine.QuestionPosted(at, "client-" + session, session, "k-" + id, canary(id)));
        history.add(new HistoryLine.QuestionAccepted(
                at + 20_000, "client-" + session, session, id, "k-" + id, canary(id), 202, false));
        history.add(new HistoryLine.StreamOpened(at + 30_000, "client-" + session, "st-" + id, 1, session, id, null));
        turns.add(new TopicRecord(
                partition, n - 1, "-:" + session, id, "ask", 0, 0, at + 10_000, canary(id), null, null));
        List<String> before = n == 1 ? List.of() : List.of(canary(session + 1));
        agents.add(new HistoryLine.AgentEntered(at + 50_000, "processor-1", session, id, 1, canary(id), before));
        agents.add(new HistoryLine.AgentLeft(at + 400_000, "processor-1", session, id, 1, OperationOutcome.OK));
        addEvent(partition, id, "started", 0, at + 40_000, null, null);
        addEvent(partition, id, "delta", 1, at + 100_000, 0, canary(id) + " one ");
        addEvent(partition, id, "delta", 2, at + 200_000, 10, canary(id) + " two");
        addEvent(partition, id, "completed", 3, at + 500_000, null, answer(id));
        history.add(new HistoryLine.StreamEnded(
                at + 520_000, "client-" + session, "st-" + id, 1, session, HistoryLine.StreamEnd.TERMINAL));
        poll(id, at + 90_000, "running");
        poll(id, at + 600_000, "completed");
    }

    private void addEvent(int partition, String id, String type, int seq, long at, Integer pos, String text) {
        String session = name(partition);
        String textCanary = text == null ? null : canary(id);
        events.add(new TopicRecord(
                partition, events.size(), "-:" + session, id, type, 1, seq, at, textCanary, text, null));
        history.add(new HistoryLine.EventReceived(
                at + 10_000,
                "client-" + session,
                "st-" + id,
                1,
                session,
                id,
                type,
                "cur",
                1,
                seq,
                pos,
                text,
                textCanary));
    }

    void poll(String id, long sent, String status) {
        String text = status.equals("completed") ? answer(id) : null;
        history.add(
                new HistoryLine.StatusPolled(sent + 5_000, "client-9", sent, id.substring(0, 1), id, status, 1, text));
    }

    /** Adds a fault that lasts one second. */
    void fault(String kind, String target, long at) {
        String id = "f-" + at;
        history.add(new HistoryLine.FaultBegan(at, "driver", id, kind, target, List.of()));
        history.add(new HistoryLine.FaultHealed(at + SECOND, "driver", id, 1));
    }

    /** Replaces the lines that match. */
    static <T> void replace(List<T> lines, Predicate<T> matches, UnaryOperator<T> by) {
        if (lines.stream().noneMatch(matches)) {
            throw new IllegalArgumentException("no line to replace");
        }
        lines.replaceAll(line -> matches.test(line) ? by.apply(line) : line);
    }

    static <T> void remove(List<T> lines, Predicate<T> matches) {
        if (!lines.removeIf(matches)) {
            throw new IllegalArgumentException("no line to remove");
        }
    }

    /** Returns a predicate that matches an event of the topic. */
    static Predicate<TopicRecord> event(String request, String type, int seq) {
        return record -> request.equals(record.request()) && type.equals(record.type()) && record.seq() == seq;
    }

    /** Returns a predicate that matches an event that a client received. */
    static Predicate<HistoryLine> received(String request, int seq) {
        return line -> line instanceof HistoryLine.EventReceived event
                && request.equals(event.request())
                && Integer.valueOf(seq).equals(event.seq());
    }

    RunFolder writeTo(Path path) throws IOException {
        RunFolder run = new RunFolder(path);
        run.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, null));
        Files.createFile(run.quarantine());
        try (LineWriter lines = LineWriter.buffered(run.history());
                LineWriter agent = LineWriter.buffered(run.agent("processor-1"));
                LineWriter turnLines = LineWriter.buffered(run.turns());
                LineWriter eventLines = LineWriter.buffered(run.events());
                LineWriter memoryLines = LineWriter.buffered(run.memory())) {
            history.forEach(lines::write);
            agents.forEach(agent::write);
            turns.forEach(turnLines::write);
            events.forEach(eventLines::write);
            memory.forEach(memoryLines::write);
        }
        return run;
    }

    Verdict check(Path path) throws IOException {
        return Checker.check(writeTo(path));
    }
}
