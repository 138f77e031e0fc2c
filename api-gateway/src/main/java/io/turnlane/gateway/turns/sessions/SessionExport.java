package io.turnlane.gateway.turns.sessions;

import io.turnlane.gateway.problem.JsonErrors;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.model.AgentStates;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionState;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.store.session.SessionStore.SessionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and reads exported sessions. {@code docs/http-api.md} describes the document and its checksum.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
record SessionExport(JsonMapper json, WireFormat wire, QuestionRules rules) {

    private static final String FORMAT = "turnlane.session";
    private static final int VERSION = 1;
    private static final String CHECKSUM = "checksum";

    /** Bytes reserved for the fields of a document other than its session and its turns. */
    private static final int ENVELOPE_BYTES = 1024;

    /** Session fields that an import reads. All other fields are ignored, including the id and the last activity. */
    private record ExportedSession(
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable AgentStates agentStates,
            @Nullable Long ttlSeconds,
            @Nullable Instant createdAt,
            @Nullable Long requestCount,
            @Nullable Duration totalProcessingTime) {}

    private record ExportedTurns(@Nullable List<PastTurn> turns) {}

    /**
     * Returns the export document of a session. If the document would be too large for an import, omits the oldest
     * turns.
     */
    Map<String, Object> write(SessionSnapshot stored, Instant now) {
        SessionDocument.SessionFields session = SessionDocument.SessionFields.of(stored.context(), stored.states());
        List<PastTurn> all = stored.history().turns();
        List<PastTurn> turns = newestThatFit(all, rules.maxExport() - ENVELOPE_BYTES - wire.writeValue(session).length);
        SessionDocument document = new SessionDocument(
                FORMAT, VERSION, now, session, turns, stored.history().damaged(), all.size() - turns.size(), "");
        // A reader computes the checksum from parsed values, so it must be computed from parsed values here too.
        Map<String, Object> plain = parse(wire.writeValue(document));
        plain.remove(CHECKSUM);
        plain.put(CHECKSUM, CanonicalJson.checksum(plain));
        return plain;
    }

    private List<PastTurn> newestThatFit(List<PastTurn> turns, int room) {
        int oldest = turns.size();
        for (int left = room; oldest > 0; oldest--) {
            left -= wire.writeValue(turns.get(oldest - 1)).length + 1;
            if (left < 0) {
                break;
            }
        }
        return turns.subList(oldest, turns.size());
    }

    /**
     * Returns the session state in an export document.
     *
     * @throws ProblemDetailException if the document is not valid or its checksum does not match
     */
    SessionState read(byte[] body) {
        Map<String, Object> document = parse(body);
        check(document);
        try {
            ExportedSession session =
                    wire.read(wire.writeValue(object(document.get("session"))), ExportedSession.class);
            List<PastTurn> turns = wire.read(
                            wire.writeValue(Map.of("turns", list(document.get("turns")))), ExportedTurns.class)
                    .turns();
            return state(session, turns == null ? List.of() : turns);
        } catch (UnreadableRecordException | IllegalArgumentException | NullPointerException e) {
            throw ProblemDetailException.invalid(
                    "The checksum matches, but the document is not valid: a field is missing, has the wrong type, or "
                            + "has a value outside its range.");
        }
    }

    private static SessionState state(ExportedSession session, List<PastTurn> turns) {
        if (session.agent() == null || session.createdAt() == null || session.ttlSeconds() == null) {
            throw new IllegalArgumentException("agent, created_at and ttl_seconds are required");
        }
        return new SessionState(
                session.agent(),
                session.metadata() == null ? Map.of() : session.metadata(),
                session.agentStates() == null ? AgentStates.NONE : session.agentStates(),
                Duration.ofSeconds(session.ttlSeconds()),
                session.createdAt(),
                session.requestCount() == null ? turns.size() : session.requestCount(),
                session.totalProcessingTime() == null ? Duration.ZERO : session.totalProcessingTime(),
                turns);
    }

    private static void check(Map<String, Object> document) {
        if (!FORMAT.equals(document.get("format"))) {
            throw ProblemDetailException.invalid("format must be " + FORMAT);
        }
        if (!Integer.valueOf(VERSION).equals(document.get("version"))) {
            throw ProblemDetailException.invalid("version must be " + VERSION);
        }
        Map<String, Object> content = new LinkedHashMap<>(document);
        Object claimed = content.remove(CHECKSUM);
        if (!checksum(content).equals(claimed)) {
            throw new ProblemDetailException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    "The document was changed after its export: the checksum does not match. Nothing was imported.");
        }
    }

    private static String checksum(Map<String, Object> content) {
        try {
            return CanonicalJson.checksum(content);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("the document has no canonical form: " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> parse(byte[] body) {
        try {
            Map<String, Object> document = json.readValue(body, LinkedHashMap.class);
            if (document == null) {
                throw ProblemDetailException.invalid("the body must be one JSON object");
            }
            return document;
        } catch (JacksonException e) {
            throw ProblemDetailException.invalid(JsonErrors.explain(e));
        }
    }

    private static Object object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Object list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("turns must be a list");
    }
}
