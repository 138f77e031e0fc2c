package io.turnlane.processor.agent.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Response to an HTTP request, whose body is read as text or as server-sent events (WHATWG HTML, section 9.2.6). One
 * thread sends the request, reads the response and closes it. All methods that wait throw an
 * {@link InterruptedException} as soon as the thread is interrupted, and an {@link HttpTimeoutException} as soon as
 * their deadline passes.
 */
public final class StreamedResponse implements AutoCloseable {

    /** Maximum size of the data of an event, and of a line, in bytes. */
    private static final int MAX_EVENT_BYTES = 4 * 1024 * 1024;

    /** Maximum size of a response in bytes. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    private final HttpResponse<ResponseBody> response;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private boolean isAfterCarriageReturn;
    private boolean isFirstLine = true;
    private long size;

    private StreamedResponse(HttpResponse<ResponseBody> response) {
        this.response = response;
    }

    /**
     * Sends a request and waits for the headers of its response. If this method throws an exception, the connection is
     * closed.
     *
     * @param client client whose executor has virtual threads, so that many calls at the same time need few threads
     */
    public static StreamedResponse send(HttpClient client, HttpRequest request, Deadline deadline)
            throws IOException, InterruptedException {
        ResponseBody body = new ResponseBody();
        CompletableFuture<HttpResponse<ResponseBody>> pending = client.sendAsync(request, _ -> body);
        boolean isSent = false;
        try {
            HttpResponse<ResponseBody> response = pending.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
            isSent = true;
            return new StreamedResponse(response);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no response in time");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HttpTimeoutException timeout
                    ? timeout
                    : new IOException("the request failed", e.getCause());
        } finally {
            if (!isSent) {
                pending.cancel(true);
                body.close();
            }
        }
    }

    /** Returns the status code. */
    public int status() {
        return response.statusCode();
    }

    public HttpHeaders headers() {
        return response.headers();
    }

    /**
     * Returns the data of the next event, or null at the end of the stream. Ignores comments, other fields, and an
     * incomplete event at the end. Lines of the data are separated by a line feed.
     *
     * @param deadline time until which the event must be complete
     * @param idle maximum time between two parts of the stream, including comments
     * @throws TooLargeException if an event is larger than 4 MiB, or the whole response larger than 64 MiB
     * @throws CharacterCodingException if a line is not valid UTF-8
     * @throws IOException if the connection breaks
     */
    public @Nullable String nextEvent(Deadline deadline, Duration idle) throws IOException, InterruptedException {
        StringBuilder data = new StringBuilder();
        for (String text = nextLine(deadline, idle); text != null; text = nextLine(deadline, idle)) {
            if (text.isEmpty() && !data.isEmpty()) {
                return data.substring(1);
            }
            if (text.startsWith("data:")) {
                data.append('\n').append(text, text.startsWith("data: ") ? 6 : 5, text.length());
                checkSize(data.length(), MAX_EVENT_BYTES);
            }
        }
        return null;
    }

    /**
     * Returns the body as text.
     *
     * @param deadline time until which the body must be complete
     * @param idle maximum time between two parts of the body
     * @throws TooLargeException if the body is larger than {@code maxBytes}
     * @throws CharacterCodingException if the body is not valid UTF-8
     * @throws IOException if the connection breaks
     */
    public String text(int maxBytes, Deadline deadline, Duration idle) throws IOException, InterruptedException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (bytes.hasRemaining() || awaitBytes(deadline, idle)) {
            checkSize(text.size() + bytes.remaining(), maxBytes);
            byte[] more = new byte[bytes.remaining()];
            bytes.get(more);
            text.writeBytes(more);
        }
        return decode(text.toByteArray());
    }

    /** Reads and discards the rest of the body, so that the client can use the connection again. */
    public void skip(Deadline deadline) throws IOException, InterruptedException {
        bytes = ByteBuffer.allocate(0);
        while (response.body().next(deadline) != null) {
            // discards the part
        }
    }

    /** Returns the next line without its end; null at the end of the body. A line ends with CR, LF or both. */
    private @Nullable String nextLine(Deadline deadline, Duration idle) throws IOException, InterruptedException {
        while (bytes.hasRemaining() || awaitBytes(deadline, idle)) {
            byte next = bytes.get();
            boolean completesLineEnd = next == '\n' && isAfterCarriageReturn;
            isAfterCarriageReturn = next == '\r';
            if (completesLineEnd) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                return takeLine();
            }
            line.write(next);
            checkSize(line.size(), MAX_EVENT_BYTES);
        }
        return null;
    }

    private String takeLine() throws CharacterCodingException {
        String text = decode(line.toByteArray());
        line.reset();
        boolean hasByteOrderMark = isFirstLine && text.startsWith("\uFEFF");
        isFirstLine = false;
        return hasByteOrderMark ? text.substring(1) : text;
    }

    private static void checkSize(long bytes, long max) throws TooLargeException {
        if (bytes > max) {
            throw new TooLargeException(max);
        }
    }

    private static String decode(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    /** Waits for bytes of the body. Returns false at its end. */
    private boolean awaitBytes(Deadline deadline, Duration idle) throws IOException, InterruptedException {
        ByteBuffer next = response.body().next(Deadline.in(idle).orEarlier(deadline));
        if (next == null) {
            return false;
        }
        bytes = next;
        size += next.remaining();
        checkSize(size, MAX_BYTES);
        return true;
    }

    /** Closes the connection, unless the response was read to its end. */
    @Override
    public void close() {
        response.body().close();
    }
}
