package io.turnlane.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of one HTTP/1.1 response. Reads only what a load generator must know: status, end, and if a text occurs in the
 * body. A generator that parses more would take the CPU time of the server that it measures.
 */
final class ResponseBuffer {

    private static final byte[] HEAD_END = bytes("\r\n\r\n");
    private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");
    private static final byte[] LENGTH = bytes("content-length:");
    private static final byte[] CHUNKED = bytes("transfer-encoding: chunked");
    private static final byte[] CLOSE = bytes("connection: close");
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private byte[] content = new byte[4096];
    private int size;
    private int bodyAt;
    private int length;
    private boolean closing;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    void reset() {
        size = 0;
        bodyAt = 0;
        length = 0;
        closing = false;
    }

    void append(ByteBuffer received) {
        int more = received.remaining();
        if (size + more > content.length) {
            content = Arrays.copyOf(content, Math.max(content.length * 2, size + more));
        }
        received.get(content, size, more);
        size += more;
        if (bodyAt == 0) {
            readHead();
        }
    }

    private void readHead() {
        int end = find(HEAD_END, 0, size);
        if (end < 0) {
            return;
        }
        bodyAt = end + HEAD_END.length;
        for (int i = 0; i < bodyAt; i++) { // header names are case-insensitive
            if (content[i] >= 'A' && content[i] <= 'Z') {
                content[i] = (byte) (content[i] + 'a' - 'A');
            }
        }
        closing = find(CLOSE, 0, bodyAt) >= 0;
        length = find(CHUNKED, 0, bodyAt) >= 0 ? -1 : contentLength();
    }

    private int contentLength() {
        int at = find(LENGTH, 0, bodyAt);
        int value = 0;
        for (int i = at + LENGTH.length; at >= 0 && content[i] != '\r'; i++) {
            if (content[i] != ' ') {
                value = value * 10 + content[i] - '0';
            }
        }
        return value;
    }

    /** Returns true if the response is complete. A chunked response ends with the chunk of length 0. */
    boolean isComplete() {
        if (bodyAt == 0) {
            return false;
        }
        return length >= 0
                ? size - bodyAt >= length
                : size - bodyAt >= LAST_CHUNK.length
                        && Arrays.equals(content, size - LAST_CHUNK.length, size, LAST_CHUNK, 0, LAST_CHUNK.length);
    }

    /** Returns the status of a complete response. */
    int status() {
        return (content[STATUS_AT] - '0') * 100 + (content[STATUS_AT + 1] - '0') * 10 + content[STATUS_AT + 2] - '0';
    }

    /** Returns true if the server closes the connection after this response. */
    boolean closesConnection() {
        return closing;
    }

    /** Returns true if the part of the body that was received contains the text. */
    boolean bodyContains(byte[] text) {
        return bodyAt > 0 && find(text, bodyAt, size) >= 0;
    }

    private int find(byte[] text, int from, int to) {
        for (int i = from; i <= to - text.length; i++) {
            if (content[i] == text[0] && Arrays.equals(content, i, i + text.length, text, 0, text.length)) {
                return i;
            }
        }
        return -1;
    }
}
