package io.turnlane.bench.load;

import java.nio.charset.StandardCharsets;

/**
 * The HTTP requests of a load. Each question is different, so that an answer of another question is detected. Only the
 * generator's thread calls the methods.
 */
public final class Requests {

    /** Start of the answer of every subject, as of the agent {@code echo}. */
    private static final String ANSWER = "echo: ";

    private final String head;
    private final String pathStart;
    private final String pathEnd;
    private final String bodyStart;
    private final String bodyEnd;
    private final int sessions;
    private final String prefix;
    private long count;

    /**
     * Creates requests.
     *
     * @param authority host and port of the server
     * @param path path of a call; {@code {s}} stands for the session
     * @param headers further headers, each with CR and LF
     * @param body JSON body; {@code {q}} stands for the question and {@code {s}} for the session
     * @param prefix start of the names of the sessions
     * @param sessions number of sessions, which are used in turn
     */
    public Requests(String authority, String path, String headers, String body, String prefix, int sessions) {
        String[] pathParts = split(path, "{s}");
        String[] bodyParts = split(body, "{q}");
        this.head = " HTTP/1.1\r\nHost: " + authority + "\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: ";
        this.pathStart = "POST " + pathParts[0];
        this.pathEnd = pathParts[1];
        this.bodyStart = bodyParts[0];
        this.bodyEnd = bodyParts[1];
        this.prefix = prefix;
        this.sessions = sessions;
    }

    private static String[] split(String text, String mark) {
        int at = text.indexOf(mark);
        return at < 0
                ? new String[] {text, ""}
                : new String[] {text.substring(0, at), text.substring(at + mark.length())};
    }

    /** Returns the next request. */
    Request next() {
        long number = count++;
        String session = prefix + number % sessions;
        String question = "hello " + prefix + number + "."; // the dot: "w1" is the start of "w12"
        String body = (bodyStart + question + bodyEnd).replace("{s}", session);
        String text =
                pathStart + (pathEnd.isEmpty() ? "" : session) + pathEnd + head + body.length() + "\r\n\r\n" + body;
        return new Request(
                text.getBytes(StandardCharsets.ISO_8859_1), (ANSWER + question).getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * HTTP request with the text that its answer must contain.
     *
     * @param bytes the request as sent
     * @param answer text that the answer must contain
     */
    record Request(byte[] bytes, byte[] answer) {}
}
