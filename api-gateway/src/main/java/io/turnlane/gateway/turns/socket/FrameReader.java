package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.problem.JsonErrors;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.input.ClientJson;
import io.turnlane.model.json.JsonLimits;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Parses frames as strictly as the bodies of HTTP requests. Safe for use by multiple threads. */
record FrameReader(JsonMapper json) {

    private static final int MAX_REF_LENGTH = 128;

    /** Thrown if a text is not a valid frame. {@code ref} is null if the {@code ref} of the frame could not be read. */
    static final class InvalidFrameException extends Exception {

        private final @Nullable String ref;
        private final ProblemDetailException problem;

        InvalidFrameException(@Nullable String ref, ProblemDetailException problem) {
            super(problem);
            this.ref = ref;
            this.problem = problem;
        }

        @Nullable
        String ref() {
            return ref;
        }

        ProblemDetailException problem() {
            return problem;
        }
    }

    ClientFrame read(String text) throws InvalidFrameException {
        ObjectNode frame = object(text);
        String ref = ref(frame);
        try {
            ClientJson.checkFrame(text);
        } catch (ProblemDetailException problem) {
            throw new InvalidFrameException(ref, problem);
        }
        JsonNode type = frame.remove("type");
        try {
            return json.treeToValue(frame, frameType(type == null ? "" : type.asString("")));
        } catch (JacksonException e) {
            throw new InvalidFrameException(ref, ProblemDetailException.invalid(JsonErrors.explain(e)));
        } catch (ProblemDetailException problem) {
            throw new InvalidFrameException(ref, problem);
        }
    }

    private ObjectNode object(String text) throws InvalidFrameException {
        try {
            if (json.readTree(text) instanceof ObjectNode frame) {
                return frame;
            }
        } catch (JacksonException e) {
            throw new InvalidFrameException(null, ProblemDetailException.invalid(JsonErrors.explain(e)));
        }
        throw new InvalidFrameException(null, ProblemDetailException.invalid("A frame must be one JSON object."));
    }

    private static @Nullable String ref(ObjectNode frame) throws InvalidFrameException {
        JsonNode ref = frame.get("ref");
        if (ref == null || ref.isNull()) {
            return null;
        }
        if (!ref.isString() || ref.asString().length() > MAX_REF_LENGTH || !JsonLimits.isWellFormed(ref.asString())) {
            throw new InvalidFrameException(
                    null,
                    ProblemDetailException.invalid(
                            "ref must be a string of at most " + MAX_REF_LENGTH + " characters of valid Unicode."));
        }
        return ref.asString();
    }

    private static Class<? extends ClientFrame> frameType(String type) {
        return switch (type) {
            case "ask" -> ClientFrame.AskFrame.class;
            case "subscribe" -> ClientFrame.SubscribeFrame.class;
            case "unsubscribe" -> ClientFrame.UnsubscribeFrame.class;
            case "cancel" -> ClientFrame.CancelFrame.class;
            case "ping" -> ClientFrame.PingFrame.class;
            default ->
                throw ProblemDetailException.invalid("type must be one of ask, subscribe, unsubscribe, cancel, ping.");
        };
    }
}
