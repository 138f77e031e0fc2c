package io.turnlane.processor.replay.compare;

import io.turnlane.model.Answer;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.JsonLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * End of a turn with an answer or with an error.
 *
 * @param usage usage of models for the turn
 * @param tools names of the tools that the last attempt called, in the order in which the calls ended
 * @param latencyMs time from the start of the last attempt to the terminal event, in milliseconds; null if the log does
 *     not show it
 */
public record TurnOutcome(
        @Nullable Answer answer,
        @Nullable TurnError error,
        Usage usage,
        List<String> tools,
        @Nullable Long latencyMs) {

    public TurnOutcome {
        if ((answer == null) == (error == null)) {
            throw new IllegalArgumentException("a turn must end with either an answer or an error");
        }
        usage = Objects.requireNonNullElse(usage, Usage.NONE);
        tools = List.copyOf(Objects.requireNonNullElse(tools, List.of()));
    }

    /** Creates an outcome of which only the answer or the error is known. */
    public TurnOutcome(@Nullable Answer answer, @Nullable TurnError error) {
        this(answer, error, answer == null ? Usage.NONE : answer.usage(), List.of(), null);
    }

    /** Returns true if both outcomes are answers with the same text and artifacts, or errors with the same code. */
    public boolean matches(TurnOutcome other) {
        if (answer != null && other.answer != null) {
            return answer.text().equals(other.answer.text()) && sameArtifacts(answer, other.answer);
        }
        return Objects.equals(errorCode(), other.errorCode());
    }

    /** Returns true if the artifacts of both answers are the same. */
    static boolean sameArtifacts(Answer one, Answer other) {
        return one.artifacts().equals(other.artifacts())
                || Arrays.equals(canonical(one.artifacts()), canonical(other.artifacts()));
    }

    /** Returns the JSON form, in which a recorded number equals a computed number of another Java type. */
    private static byte[] canonical(List<?> artifacts) {
        return CanonicalJson.of(JsonLimits.nearest(artifacts));
    }

    /** Returns the code of the error; null if the turn has an answer. */
    public @Nullable String errorCode() {
        return error == null ? null : error.code();
    }
}
