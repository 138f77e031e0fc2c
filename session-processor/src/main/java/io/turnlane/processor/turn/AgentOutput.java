package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.Source;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.JsonLimits;
import io.turnlane.processor.agent.AnswerSink;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Output of an agent. Agents can send or return values that JSON cannot express. This class changes each of them to the
 * nearest value within {@link JsonLimits}, so that every answer can be stored, streamed, exported and imported.
 * Discards everything that the agent sends after its flight was cancelled.
 *
 * <p>Two deltas may each contain one half of a surrogate pair. The first half is kept until the next delta arrives.
 *
 * <p>Only the agent's thread calls this object.
 */
final class AgentOutput implements AnswerSink {

    /** Maximum length of a stage, of the name of a tool and of the message of an error, in characters. */
    private static final int MAX_LINE_LENGTH = 500;

    private final AnswerSink sink;
    private final Flight flight;
    private final WireFormat wire;
    private String firstHalf = "";

    AgentOutput(AnswerSink sink, Flight flight, WireFormat wire) {
        this.sink = sink;
        this.flight = flight;
        this.wire = wire;
    }

    @Override
    public void stage(String stage) {
        if (!flight.isCancelled()) {
            sink.stage(line(stage));
        }
    }

    @Override
    public void delta(String text) {
        String complete = firstHalf.concat(text);
        boolean isSplit = !complete.isEmpty() && Character.isHighSurrogate(complete.charAt(complete.length() - 1));
        int end = isSplit ? complete.length() - 1 : complete.length();
        firstHalf = complete.substring(end);
        send(complete.substring(0, end));
    }

    private void send(String text) {
        if (!text.isEmpty() && !flight.isCancelled()) {
            sink.delta(JsonLimits.wellFormed(text));
        }
    }

    @Override
    public void artifact(Map<String, Object> artifact) {
        if (!flight.isCancelled()) {
            sink.artifact(repaired(artifact));
        }
    }

    @Override
    public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
        if (!flight.isCancelled()) {
            sink.toolCall(line(tool), duration, outcome);
        }
    }

    /**
     * Sends a kept half of a surrogate pair and returns the answer within {@link JsonLimits}. Called after the agent
     * has returned.
     */
    Answer complete(Answer answer) {
        send(firstHalf);
        firstHalf = "";
        return new Answer(
                JsonLimits.wellFormed(answer.text()),
                answer.confidence(),
                answer.sources().stream().map(AgentOutput::repaired).toList(),
                answer.artifacts().stream().map(this::repaired).toList(),
                answer.suggestions().stream().map(JsonLimits::wellFormed).toList(),
                answer.usage());
    }

    /** Returns the text as valid Unicode, cut to {@value #MAX_LINE_LENGTH} characters. */
    static String line(@Nullable String text) {
        String all = String.valueOf(text);
        return JsonLimits.wellFormed(
                all.length() <= MAX_LINE_LENGTH ? all : all.substring(0, MAX_LINE_LENGTH - 1) + "…");
    }

    private static Source repaired(Source source) {
        return new Source(JsonLimits.wellFormed(source.id()), JsonLimits.wellFormed(source.title()), source.score());
    }

    /**
     * Agents may put objects of any Java type into an artifact. The second call of {@code nearest} covers the text and
     * numbers in these objects.
     */
    private Map<String, Object> repaired(Map<String, Object> artifact) {
        try {
            return JsonLimits.check(artifact);
        } catch (IllegalArgumentException e) {
            return nearest(wire.toPlainObject(nearest(artifact)));
        }
    }

    /** Returns the nearest object within the limits, which is an object again. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> nearest(Map<String, Object> artifact) {
        return (Map<String, Object>) Objects.requireNonNull(JsonLimits.nearest(artifact));
    }
}
