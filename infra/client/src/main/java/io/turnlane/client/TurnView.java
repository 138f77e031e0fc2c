package io.turnlane.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the events of one turn add up to. Events may come twice, or late from an attempt that was given up; text of two
 * attempts is never joined. For one thread.
 */
public final class TurnView {

    private TurnStatus status = TurnStatus.QUEUED;
    private final StringBuilder text = new StringBuilder();
    private int length;
    private boolean hole;
    private int attempt;
    private int seq = -1;
    private int position;
    private String stage = "";
    private JsonNode end = JsonMapper.shared().missingNode();

    /** Where the turn stands. */
    public TurnStatus status() {
        return status;
    }

    /** The text so far, or the whole answer once completed. After a gap it lacks what comes after, until the end. */
    public String text() {
        return text.toString();
    }

    /** What the agent is doing, in words; empty where it doesn't say. */
    public String stage() {
        return stage;
    }

    /** How many turns of the session wait before it. */
    public int position() {
        return position;
    }

    /** {@code text, confidence, sources, artifacts, usage} once completed; else a missing node. */
    public JsonNode answer() {
        return end.path("answer");
    }

    /** {@code code, message} once failed; else a missing node. */
    public JsonNode error() {
        return end.path("error");
    }

    /** Why it was cancelled, superseded or rejected; null where nobody said. */
    public @Nullable String reason() {
        return end.path("reason").asString(null);
    }

    /** Takes an event of this turn in; whether anything changed. */
    public boolean apply(TurnUpdate news) {
        if (status.terminal()) {
            return false;
        }
        if (TurnStatus.terminal(news.type())) {
            return end(news.type(), news.data());
        }
        return switch (news.type()) {
            case "gap" -> gap(news.data().path("snapshot"));
            case "queued" -> queued(news.data());
            default -> attempted(news);
        };
    }

    /** Takes over the end that a request resource tells, if it does. */
    public void applyFinalState(JsonNode request) {
        String told = request.path("status").asString("");
        if (!status.terminal() && TurnStatus.terminal(told)) {
            end(told, request);
        }
    }

    private boolean end(String told, JsonNode data) {
        status = TurnStatus.of(told);
        end = data;
        if (status == TurnStatus.COMPLETED) {
            text.setLength(0);
            text.append(data.path("answer").path("text").asString(""));
        }
        return true;
    }

    private boolean gap(JsonNode snapshot) {
        hole = true;
        applyFinalState(snapshot);
        return true;
    }

    private boolean queued(JsonNode data) {
        position = data.path("position").asInt(0);
        return status == TurnStatus.QUEUED;
    }

    private boolean attempted(TurnUpdate news) {
        int of = news.data().path("attempt").asInt(0);
        int at = news.data().path("seq").asInt(0);
        if (of < attempt || (of == attempt && at <= seq)) {
            return false;
        }
        if (of > attempt) {
            begin(of);
        }
        seq = at;
        return step(news);
    }

    private void begin(int next) {
        attempt = next;
        text.setLength(0);
        length = 0;
        hole = false;
        stage = "";
    }

    private boolean step(TurnUpdate news) {
        switch (news.type()) {
            case "retrying" -> status = TurnStatus.RETRYING;
            case "stage" -> stage = news.data().path("stage").asString("");
            case "delta" -> delta(news.data());
            default -> {
                // started, artifacts, and types to come
            }
        }
        if (!news.type().equals("retrying")) {
            status = TurnStatus.RUNNING;
            position = 0;
        }
        return true;
    }

    /** {@code pos} is where the piece starts, in code points: what overlaps is cut, what is missing is noticed. */
    private void delta(JsonNode data) {
        String piece = data.path("text").asString("");
        int pos = data.path("pos").asInt(length);
        hole |= pos > length;
        int known = length - pos;
        int points = piece.codePointCount(0, piece.length());
        if (!hole && known < points) {
            text.append(piece, piece.offsetByCodePoints(0, known), piece.length());
            length += points - known;
        }
    }
}
