package io.turnlane.chaos.history;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Converts lines to JSON and back. The JSON has names in snake_case, omits nulls, and has the fields {@code op} and
 * {@code type} in addition to the line's own fields. Safe for use by multiple threads.
 */
public final class LineFormat {

    private final JsonMapper mapper = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enumNamingStrategy(EnumNamingStrategies.LOWER_CASE)
            .changeDefaultPropertyInclusion(include -> include.withValueInclusion(Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A missing number is read as 0, a missing flag as false.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** Returns the JSON of a line of the history or of an agent file, without a line end. */
    public byte[] write(HistoryLine line) {
        ObjectNode json = mapper.valueToTree(line);
        json.put("op", line.op().name().toLowerCase(Locale.ROOT));
        json.put("type", line.type().wire());
        return mapper.writeValueAsBytes(json);
    }

    /** Returns the JSON of a line of a topic or of memory, of {@code run.json} or of a report, without a line end. */
    public byte[] writeValue(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    /**
     * Parses a line of the history or of an agent file.
     *
     * @throws IllegalArgumentException if the JSON is not a line of these files
     */
    public HistoryLine readLine(byte[] json) {
        try {
            JsonNode tree = mapper.readTree(json);
            HistoryLine.Op op =
                    HistoryLine.Op.valueOf(tree.path("op").asString().toUpperCase(Locale.ROOT));
            OperationOutcome type = OperationOutcome.of(tree.path("type").asString());
            return mapper.treeToValue(tree, lineType(op, type));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a line of a history: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Parses JSON that {@link #writeValue} returned.
     *
     * @throws IllegalArgumentException if the JSON does not match {@code type}
     */
    public <T> T readValue(byte[] json, Class<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }

    private static Class<? extends HistoryLine> lineType(HistoryLine.Op op, OperationOutcome type) {
        return switch (op) {
            case ASK -> askLineType(type);
            case CANCEL -> HistoryLine.CancelAccepted.class;
            case STREAM ->
                type == OperationOutcome.INVOKE ? HistoryLine.StreamOpened.class : HistoryLine.StreamEnded.class;
            case RESUME -> HistoryLine.StreamResumed.class;
            case EVENT -> HistoryLine.EventReceived.class;
            case POLL -> HistoryLine.StatusPolled.class;
            case FAULT ->
                type == OperationOutcome.INVOKE ? HistoryLine.FaultBegan.class : HistoryLine.FaultHealed.class;
            case AGENT ->
                type == OperationOutcome.INVOKE ? HistoryLine.AgentEntered.class : HistoryLine.AgentLeft.class;
            case COMMITTED -> HistoryLine.OffsetRead.class;
        };
    }

    private static Class<? extends HistoryLine> askLineType(OperationOutcome type) {
        return switch (type) {
            case INVOKE -> HistoryLine.QuestionPosted.class;
            case OK -> HistoryLine.QuestionAccepted.class;
            case FAIL -> HistoryLine.QuestionRejected.class;
            case INFO -> HistoryLine.QuestionUnresolved.class;
        };
    }
}
