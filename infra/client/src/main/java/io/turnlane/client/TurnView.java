package io.turnlane.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The state of one turn, computed from its events. Duplicate events and events of abandoned attempts are ignored, and
 * text of two attempts is never joined. Not thread-safe.
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

    /** Returns the current status. */
    public TurnStatus status() {
        return status;
    }

    /**
     * Returns the text received so far, or the whole answer if the turn is completed. If the client missed a piece of
     * text, later pieces of the same attempt are not appended, so the text ends before the missing piece.
     */
    public String text() {
        return text.toString();
    }

    /** Returns the agent's description of its current step; empty if it gave none. */
    public String stage() {
        return stage;
    }

    /** Returns the number of turns ahead of this one in its session. */
    public int position() {
        return position;
    }

    /**
     * Returns the answer ({@code text, confidence, sources, artifacts, suggestions, tool_calls, usage}) if the turn is
     * completed; otherwise a missing node. {@code suggestions} and {@code tool_calls} are absent if there are none.
     */
    public JsonNode answer() {
        return end.path("answer");
    }

    /** Returns the error ({@code code, message}) if the turn has failed; otherwise a missing node. */
    public JsonNode error() {
        return end.path("error");
    }

    /** Returns the reason for a cancelled, superseded or rejected turn; null if none was given. */
    public @Nullable String reason() {
        return end.path("reason").asString(null);
    }

    /** Applies an event of this turn; returns true if the state changed. */
    public boolean apply(TurnUpdate update) {
        if (status.isTerminal()) {
            return false;
        }
        if (TurnStatus.isTerminal(update.type())) {
            return end(update.type(), update.data());
        }
        return switch (update.type()) {
            case "gap" -> gap(update.data().path("snapshot"));
            case "queued" -> queued(update.data());
            default -> attempted(update);
        };
    }

    /** Applies the status of a request resource if it is terminal. Otherwise has no effect. */
    public void applyFinalState(JsonNode request) {
        String wire = request.path("status").asString("");
        if (!status.isTerminal() && TurnStatus.isTerminal(wire)) {
            end(wire, request);
        }
    }

    private boolean end(String wire, JsonNode data) {
        status = TurnStatus.of(wire);
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

    private boolean attempted(TurnUpdate update) {
        int of = update.data().path("attempt").asInt(0);
        int at = update.data().path("seq").asInt(0);
        if (of < attempt || (of == attempt && at <= seq)) {
            return false;
        }
        if (of > attempt) {
            begin(of);
        }
        seq = at;
        return step(update);
    }

    private void begin(int next) {
        attempt = next;
        text.setLength(0);
        length = 0;
        hole = false;
        stage = "";
    }

    private boolean step(TurnUpdate update) {
        switch (update.type()) {
            case "retrying" -> status = TurnStatus.RETRYING;
            case "stage" -> stage = update.data().path("stage").asString("");
            case "delta" -> delta(update.data());
            default -> {
                // started, artifacts, calls of tools, and types of future versions
            }
        }
        if (!update.type().equals("retrying")) {
            status = TurnStatus.RUNNING;
            position = 0;
        }
        return true;
    }

    /**
     * Appends a piece of text. Its {@code pos} is the position of the piece in the answer, in code points. With this
     * position, the method removes text that it has already appended and detects missing text.
     */
    private void delta(JsonNode data) {
        String piece = data.path("text").asString("");
        int pos = data.path("pos").asInt(length);
        hole |= pos > length;
        int overlap = length - pos;
        int points = piece.codePointCount(0, piece.length());
        if (!hole && overlap < points) {
            text.append(piece, piece.offsetByCodePoints(0, overlap), piece.length());
            length += points - overlap;
        }
    }
}
