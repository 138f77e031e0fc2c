package io.turnlane.processor.agent;

import io.turnlane.model.PastTurn;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.store.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Part of a session's history that travels with a question. */
public final class HistoryWindow {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private HistoryWindow() {}

    /**
     * Returns the last turns of the memory that have at most this number of tokens together, oldest first. A turn is
     * returned as a whole or not at all. The number of tokens is an estimate: one for 4 bytes of UTF-8, and 4 for each
     * message. The turns have no calls of tools.
     */
    public static List<PastTurn> lastTurns(Memory memory, int maxTokens) {
        return lastTurnsWithToolSteps(
                memory.turns().stream().map(PastTurn::withoutToolSteps).toList(), maxTokens);
    }

    /**
     * Returns the last of these turns like {@link #lastTurns}, together with their calls of tools, which count, too.
     */
    public static List<PastTurn> lastTurnsWithToolSteps(List<PastTurn> turns, int maxTokens) {
        int first = turns.size();
        long left = maxTokens;
        while (first > 0) {
            left -= tokens(turns.get(first - 1));
            if (left < 0) {
                break;
            }
            first--;
        }
        return turns.subList(first, turns.size());
    }

    private static long tokens(PastTurn turn) {
        String answer = turn.answer();
        return tokens(turn.question())
                + (answer == null ? 0 : tokens(answer))
                + turn.toolSteps().stream().mapToLong(HistoryWindow::tokens).sum();
    }

    private static long tokens(ToolStep step) {
        StringBuilder reply = new StringBuilder(Objects.requireNonNullElse(step.reasoning(), ""));
        long results = 0;
        for (ToolUse call : step.calls()) {
            reply.append(call.tool()).append(call.arguments());
            results += tokens(call.result());
        }
        return tokens(reply.toString()) + results;
    }

    private static long tokens(String message) {
        int bytes = message.getBytes(StandardCharsets.UTF_8).length;
        return TOKENS_PER_MESSAGE + (long) Math.ceilDiv(bytes, BYTES_PER_TOKEN);
    }
}
