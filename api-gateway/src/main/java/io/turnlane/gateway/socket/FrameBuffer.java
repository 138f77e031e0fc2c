package io.turnlane.gateway.socket;

/**
 * The text of the frame that is just coming in, piece by piece, up to a bound. It holds nothing between two frames. The
 * container calls it for one piece at a time.
 */
final class FrameBuffer {

    private final int maxBytes;
    private final StringBuilder text = new StringBuilder(0);
    private int bytes;

    FrameBuffer(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether the frame is still within its bound; what goes beyond is dropped. */
    boolean add(String piece) {
        bytes += utf8Length(piece);
        if (bytes > maxBytes) {
            text.setLength(0);
            return false;
        }
        text.append(piece);
        return true;
    }

    /** The whole frame. */
    String take() {
        String frame = text.toString();
        text.setLength(0);
        text.trimToSize();
        bytes = 0;
        return frame;
    }

    /** Without making the bytes; a half of a surrogate pair, cut off by the container, counts as half of its four. */
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
