package io.turnlane.e2e;

import io.turnlane.model.json.CanonicalJson;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Random bodies for the calls of the API, many of them with values at or beyond a limit. Not thread-safe. */
final class RandomDocuments {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final RandomJson random;

    /** @param badness probability that a value is one that no gateway may accept */
    RandomDocuments(long seed, double badness) {
        this.random = new RandomJson(seed, badness);
    }

    RandomJson random() {
        return random;
    }

    String sessionId() {
        String unique = UUID.randomUUID().toString();
        return random.oneOf(unique, "." + unique, unique + "..", "-_" + unique, unique + "x".repeat(128 - 36));
    }

    /** Returns the body that creates a session. */
    String session() {
        return members()
                .add("\"metadata\":" + metadata())
                .add("\"ttl_seconds\":" + usually("3600", "0", "604800", "604801", "1e3", "-1", "null"))
                .toString();
    }

    /** Returns the body of a fork into the session with this id, or sometimes with an invalid one. */
    String fork(String requestId, String into) {
        String id = usually(into, ".", "..", "", "a/b", "%2e", into + "/..", "x".repeat(129), "\u0000", "é");
        return members()
                .add("\"after_request_id\":\"" + requestId + "\"")
                .add("\"session_id\":" + JSON.writeValueAsString(id))
                .toString();
    }

    /** Returns the body of a question. */
    String question() {
        String text = random.chance(0.01)
                ? JSON.writeValueAsString("\u00e9".repeat(random.oneOf(16_383, 16_384, 16_385)))
                : random.quoted(30);
        StringJoiner body = members()
                .add("\"agent\":\"random\"")
                .add("\"question\":" + text)
                .add("\"metadata\":" + metadata());
        if (random.chance(0.1)) {
            body.add("\"deadline_seconds\":" + random.oneOf("60", "3600", "6e1", "3601", "0", "1e400", "-1", "null"));
        }
        if (random.chance(0.1)) {
            body.add("\"priority\":" + random.oneOf("\"low\"", "\"high\"", "\"urgent\"", "1", "null"));
        }
        return body.toString();
    }

    /** Returns the body of a change. */
    String change() {
        return members().add("\"metadata\":" + metadata()).toString();
    }

    private String metadata() {
        if (random.chance(0.01)) {
            return "{\"long\":\"" + "x".repeat(random.oneOf(4_000, 4_084, 4_085, 4_086, 5_000)) + "\"}";
        }
        return random.chance(0.03) ? random.value(2) : random.object();
    }

    /** Returns an export document with the checksum of its content. */
    String export() {
        StringJoiner turns = new StringJoiner(",", "[", "]");
        for (int i = random.below(5); i > 0; i--) {
            turns.add(turn());
        }
        String content = "{\"format\":\"turnlane.session\",\"version\":1,\"session\":" + exportedSession()
                + ",\"turns\":" + turns + ",\"" + random.text(3) + "x\":" + random.value(2);
        return content + ",\"checksum\":\"" + checksum(content + "}") + "\"}";
    }

    private static String checksum(String content) {
        try {
            return CanonicalJson.checksum(JSON.readValue(content, Map.class));
        } catch (IllegalArgumentException | JacksonException e) {
            return "sha256:00"; // has no checksum, so no gateway may accept it
        }
    }

    private String exportedSession() {
        return members()
                .add("\"agent\":\"random\"")
                .add("\"metadata\":" + random.object())
                .add("\"ttl_seconds\":"
                        + usually("3600", "604800", "3155760000", "3155760001", "0", "-1", "9223372036854775807"))
                .add("\"created_at\":" + time())
                .add("\"request_count\":"
                        + usually("12", "0", "1000000000000", "1000000000001", "-1", "0.5", "1e3", "null"))
                .add("\"total_processing_time\":" + (random.chance(0.95) ? seconds() : "3155760000"))
                .toString();
    }

    private String turn() {
        StringJoiner sources = new StringJoiner(",", "[", "]");
        for (int i = random.below(3); i > 0; i--) {
            sources.add(members()
                    .add("\"id\":" + usually(random.quoted(5), "null", "7"))
                    .add("\"title\":" + usually(random.quoted(9), "null"))
                    .add("\"score\":" + usually("0.5", "1e308", "-0.0", "1e400", "null"))
                    .toString());
        }
        return members()
                .add("\"request_id\":" + usually("\"" + UUID.randomUUID() + "\"", "\"..\"", "null"))
                .add("\"status\":" + usually("\"completed\"", "\"cancelled\"", "\"failed\"", "\"running\"", "null"))
                .add("\"question\":" + usually(random.quoted(20), "null", "\"\""))
                .add("\"answer\":" + usually(random.quoted(20), "null", "\"" + "\\u0000".repeat(3_000) + "\""))
                .add("\"confidence\":" + usually("0.83", "0", "1", "1.0000001", "-0.1", "null"))
                .add("\"sources\":" + usually(sources.toString(), "null", "[null]"))
                .add("\"processing_time\":" + seconds())
                .add("\"timestamp\":" + time())
                .toString();
    }

    private String time() {
        return usually(
                "\"2026-11-21T06:00:00.123Z\"",
                "\"1970-01-01T00:00:00Z\"",
                "\"1969-12-31T23:59:59.999Z\"",
                "\"9999-12-31T23:59:59.999999999Z\"",
                "\"+1000000000-12-31T23:59:59Z\"",
                "\"2026-11-21T06:00:00+25:00\"",
                "\"2026-11-21T06:00:00.000000001Z\"",
                "\"\"",
                "1");
    }

    private String seconds() {
        return usually(
                "0.041",
                "0",
                "0.0000005",
                "0.1234567",
                "-1",
                "2592000",
                "2592000.5",
                "3155759999.123457",
                "1e18",
                "1e308",
                "1e400",
                "null");
    }

    /** Returns the usual value nineteen times out of twenty, otherwise an unusual one. */
    private String usually(String usual, String... unusual) {
        return random.chance(0.95) ? usual : random.oneOf(unusual);
    }

    private static StringJoiner members() {
        return new StringJoiner(",", "{", "}");
    }
}
