package io.turnlane.chaos.member;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.store.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Journal of the agent calls of one process: a line for the start and a line for the end of each call. When a method of
 * this class returns, the operating system has the line, so a SIGKILL loses no lines. Times are microseconds since
 * 1970. Any thread may write.
 */
final class AgentJournal {

    private final LineWriter lines;
    private final String process;

    private AgentJournal(LineWriter lines, String process) {
        this.lines = lines;
        this.process = process;
    }

    static AgentJournal open(Path path, String process) throws IOException {
        return new AgentJournal(LineWriter.durable(path), process);
    }

    /** Records that the agent was called with a turn and this memory. */
    void entered(CurrentTurn turn, String canary, Memory memory) {
        lines.write(new HistoryLine.AgentEntered(
                now(),
                process,
                turn.sessionId().toString(),
                turn.requestId().toString(),
                turn.attempt(),
                canary,
                memory.turns().stream()
                        .map(past -> Instruction.parse(past.question()).canary())
                        .toList()));
    }

    /** Records that the agent's call ended. */
    void left(OperationOutcome outcome, CurrentTurn turn) {
        lines.write(new HistoryLine.AgentLeft(
                now(), process, turn.sessionId().toString(), turn.requestId().toString(), turn.attempt(), outcome));
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
