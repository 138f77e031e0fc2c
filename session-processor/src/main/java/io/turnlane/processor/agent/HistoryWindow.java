package io.turnlane.processor.agent;

import io.turnlane.model.PastTurn;
import io.turnlane.store.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Part of a session's history that travels with a question. */
public final class HistoryWindow {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private HistoryWindow() {}

    /**
     * Returns the last turns of the memory that have at most this number of tokens together, oldest first. A turn is
     * returned as a whole or not at all. The number of tokens is an estimate: one for 4 bytes of UTF-8, and 4 for each
     * message.
     */
    public static List<PastTurn> lastTurns(Memory memory, int maxTokens) {
        List<PastTurn> turns = memory.turns();
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
        return tokens(turn.question()) + (answer == null ? 0 : tokens(answer));
    }

    private static long tokens(String message) {
        int bytes = message.getBytes(StandardCharsets.UTF_8).length;
        return TOKENS_PER_MESSAGE + (long) Math.ceilDiv(bytes, BYTES_PER_TOKEN);
    }
}
