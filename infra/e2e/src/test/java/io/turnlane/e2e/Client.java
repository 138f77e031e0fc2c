package io.turnlane.e2e;

import io.turnlane.model.ServedContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/** Client of the HTTP API. Thread-safe. */
final class Client implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private final int validatedShare;
    private final AtomicInteger responses = new AtomicInteger();

    Client(URI address) {
        this(address, 1);
    }

    /** Creates a client that validates one of this number of responses against the OpenAPI document. */
    Client(URI address, int validatedShare) {
        this.address = address;
        this.validatedShare = validatedShare;
    }

    /** A response: status, headers, and JSON, which is empty if the body is not JSON. */
    record ClientReply(int status, HttpResponse<String> raw, Map<String, Object> json) {

        String text(String field) {
            return (String) json.get(field);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> object(String field) {
            return (Map<String, Object>) json.get(field);
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> list(String field) {
            return (List<Map<String, Object>>) json.get(field);
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse(null);
        }

        String contentType() {
            return String.valueOf(header("Content-Type")).replaceAll(";.*", "");
        }
    }

    /** A server-sent event. */
    record Event(String id, String type, Map<String, Object> data) {

        String text() {
            return (String) data.get("text");
        }

        String answer() {
            return (String) ((Map<?, ?>) data.get("answer")).get("text");
        }
    }

    ClientReply get(String path, String... headers) {
        return send(request(path, headers).GET().build());
    }

    ClientReply delete(String path) {
        return send(request(path).DELETE().build());
    }

    ClientReply put(String path, String json) {
        return sendRaw("PUT", path, json);
    }

    ClientReply patch(String path, Object body) {
        return send("PATCH", path, body);
    }

    ClientReply post(String path, Object body, String... headers) {
        return postRaw(path, JSON.writeValueAsString(body), "application/json", headers);
    }

    ClientReply postRaw(String path, String body, String contentType, String... headers) {
        HttpRequest.Builder builder = request(path, headers);
        if (contentType != null) {
            builder.header("Content-Type", contentType);
        }
        return send(builder.POST(BodyPublishers.ofString(body)).build());
    }

    /** Sends a call with any method. */
    ClientReply send(String method, String path, Object body) {
        return sendRaw(method, path, JSON.writeValueAsString(body));
    }

    ClientReply sendRaw(String method, String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json))
                .build());
    }

    /** Asks and returns at once. */
    ClientReply ask(String session, String question, Map<String, Object> metadata) {
        return post("/v1/sessions/" + session + "/requests", askBody(question, metadata));
    }

    /** Asks and waits up to 60 s for the end. */
    ClientReply askAndWait(String session, String question, Map<String, Object> metadata) {
        return post("/v1/sessions/" + session + "/requests", askBody(question, metadata), "Prefer", "wait=60");
    }

    static Map<String, Object> askBody(String question, Map<String, Object> metadata) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("question", question);
        body.put("agent", "echo");
        body.put("metadata", metadata);
        return body;
    }

    /** Returns the events of a stream after it has ended. */
    List<Event> stream(String path, String... headers) {
        return streamUntil(_ -> false, path, headers);
    }

    /** Returns the first events of a stream that are enough, and closes the stream; all events if none are enough. */
    List<Event> streamUntil(Predicate<List<Event>> enough, String path, String... headers) {
        try {
            HttpResponse<InputStream> response = http.send(
                    request(path, headers).header("Accept", "text/event-stream").build(), BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                return read(lines, enough);
            }
        } catch (IOException e) {
            throw new AssertionError("stream " + path, e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static List<Event> read(BufferedReader lines) throws IOException {
        return read(lines, _ -> false);
    }

    @SuppressWarnings("unchecked")
    private static List<Event> read(BufferedReader lines, Predicate<List<Event>> enough) throws IOException {
        List<Event> events = new ArrayList<>();
        String id = null;
        String type = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                type = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                if (!"cursor".equals(type)) { // a newer id without a turn event
                    events.add(new Event(id, type, JSON.readValue(line.substring(5), Map.class)));
                }
                id = null;
                if (enough.test(events)) {
                    return events;
                }
            }
        }
        return events;
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(90));
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    @SuppressWarnings("unchecked")
    private ClientReply send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (responses.getAndIncrement() % validatedShare == 0) {
                ServedContract.check(response);
            }
            String type = response.headers().firstValue("Content-Type").orElse("");
            Map<String, Object> json = type.contains("json") ? JSON.readValue(response.body(), Map.class) : Map.of();
            return new ClientReply(response.statusCode(), response, json);
        } catch (IOException e) {
            throw new AssertionError(request.toString(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
