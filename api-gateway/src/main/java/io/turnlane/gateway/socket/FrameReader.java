package io.turnlane.gateway.socket;

import io.turnlane.gateway.problem.JsonErrors;
import io.turnlane.gateway.problem.ProblemDetailException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Text to frame, as strict as the bodies of HTTP calls. */
final class FrameReader {

    private static final int LONGEST_REF = 128;

    private final JsonMapper json;

    FrameReader(JsonMapper json) {
        this.json = json;
    }

    /** A frame that is no frame; {@code ref} is known where at least that could be read. */
    static final class InvalidFrameException extends Exception {

        private static final long serialVersionUID = 1L;

        private final @Nullable String ref;
        private final ProblemDetailException refusal;

        InvalidFrameException(@Nullable String ref, ProblemDetailException refusal) {
            super(refusal);
            this.ref = ref;
            this.refusal = refusal;
        }

        @Nullable
        String ref() {
            return ref;
        }

        ProblemDetailException refusal() {
            return refusal;
        }
    }

    ClientFrame read(String text) throws InvalidFrameException {
        ObjectNode frame = object(text);
        String ref = ref(frame);
        JsonNode type = frame.remove("type");
        try {
            return json.treeToValue(frame, kind(type == null ? "" : type.asString("")));
        } catch (JacksonException e) {
            throw new InvalidFrameException(ref, ProblemDetailException.invalid(JsonErrors.explain(e)));
        } catch (ProblemDetailException refusal) {
            throw new InvalidFrameException(ref, refusal);
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
        throw new InvalidFrameException(null, ProblemDetailException.invalid("a frame is one JSON object"));
    }

    private static @Nullable String ref(ObjectNode frame) throws InvalidFrameException {
        JsonNode ref = frame.get("ref");
        if (ref == null || ref.isNull()) {
            return null;
        }
        if (!ref.isString() || ref.asString().length() > LONGEST_REF) {
            throw new InvalidFrameException(
                    null, ProblemDetailException.invalid("ref is a text of at most " + LONGEST_REF + " characters"));
        }
        return ref.asString();
    }

    private static Class<? extends ClientFrame> kind(String type) {
        return switch (type) {
            case "ask" -> ClientFrame.AskFrame.class;
            case "subscribe" -> ClientFrame.SubscribeFrame.class;
            case "unsubscribe" -> ClientFrame.UnsubscribeFrame.class;
            case "cancel" -> ClientFrame.CancelFrame.class;
            case "ping" -> ClientFrame.PingFrame.class;
            default -> throw ProblemDetailException.invalid("type is one of ask, subscribe, unsubscribe, cancel, ping");
        };
    }
}
