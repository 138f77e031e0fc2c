package io.turnlane.processor.turn;

import io.turnlane.model.TurnEvent;
import org.jspecify.annotations.Nullable;

/**
 * Text of an answer that its stream has not made into events yet. Not thread-safe: the stream's lock guards every call.
 */
final class GatheredText {

    private final StringBuilder text = new StringBuilder();
    private final int maxLength;
    private int position;

    /** @param maxBytes maximum size of the text of one event, in bytes of UTF-8 */
    GatheredText(int maxBytes) {
        this.maxLength = maxBytes / 4;
    }

    void append(String more) {
        text.append(more);
    }

    /**
     * Removes the next piece of the text and returns its event; null if there is none. A surrogate pair is never
     * divided: if a piece would end with a high surrogate, this character goes to the next piece.
     */
    TurnEvent.@Nullable Delta next() {
        int end = Math.min(text.length(), maxLength);
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        if (end == 0) {
            return null;
        }
        TurnEvent.Delta delta = new TurnEvent.Delta(text.substring(0, end), position);
        text.delete(0, end);
        position += delta.text().codePointCount(0, end);
        return delta;
    }
}
