package io.turnlane.gateway.turns.socket;

/**
 * Buffer that collects the pieces of one incoming frame up to a maximum size. It uses no memory between two frames. The
 * container adds one piece at a time.
 */
final class FrameBuffer {

    private final int maxBytes;
    private final StringBuilder text = new StringBuilder(0);
    private int bytes;

    FrameBuffer(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a piece. Returns false and discards the frame if it exceeds the maximum size. */
    boolean add(String piece) {
        bytes += utf8Length(piece);
        if (bytes > maxBytes) {
            text.setLength(0);
            return false;
        }
        text.append(piece);
        return true;
    }

    /** Returns the complete frame and empties the buffer. */
    String take() {
        String frame = text.toString();
        text.setLength(0);
        text.trimToSize();
        bytes = 0;
        return frame;
    }

    /**
     * Returns the length of the piece in bytes of UTF-8 without encoding it. The container can split a surrogate pair
     * between two pieces, so each half counts as 2 of the pair's 4 bytes.
     */
    private static int utf8Length(String piece) {
        int length = 0;
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (c < 0x80) {
                length += 1;
            } else if (c < 0x800 || Character.isSurrogate(c)) {
                length += 2;
            } else {
                length += 3;
            }
        }
        return length;
    }
}
