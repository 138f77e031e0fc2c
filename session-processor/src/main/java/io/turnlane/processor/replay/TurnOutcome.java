package io.turnlane.processor.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.TurnError;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.JsonLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** End of a turn with an answer or with an error. */
public record TurnOutcome(@Nullable Answer answer, @Nullable TurnError error) {

    public TurnOutcome {
        if ((answer == null) == (error == null)) {
            throw new IllegalArgumentException("a turn must end with either an answer or an error");
        }
    }

    /** Returns true if both outcomes are answers with the same text and artifacts, or errors with the same code. */
    public boolean matches(TurnOutcome other) {
        if (answer != null && other.answer != null) {
            return answer.text().equals(other.answer.text())
                    && Arrays.equals(canonical(answer.artifacts()), canonical(other.answer.artifacts()));
        }
        return Objects.equals(codeOf(error), codeOf(other.error));
    }

    /** Returns the JSON form, in which a recorded number equals a computed number of another Java type. */
    private static byte[] canonical(List<?> artifacts) {
        return CanonicalJson.of(JsonLimits.nearest(artifacts));
    }

    private static @Nullable String codeOf(@Nullable TurnError error) {
        return error == null ? null : error.code();
    }
}
